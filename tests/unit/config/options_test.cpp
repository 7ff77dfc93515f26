// SPDX-License-Identifier: Apache-2.0
// The table of options is sound: each row has help, a unique name and a default that reads and
// writes back; the defaults of the table and of config/config.h are the same.
#include "config/options.h"

#include "config/print.h"
#include "tests/unit/config/loading.h"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace sallyport::config {
namespace {

template <class Owner>
void expect_defaults(const Owner& fresh) {
    Config context;
    context.realms.resize(1);
    context.peers.resize(1);
    for (const Option<Owner>& option : options<Owner>()) {
        if (option.text.initial.required) {
            continue;
        }
        Owner owner;
        const auto misfit = option.read({option.text, context}, option.text.initial.text, owner);
        EXPECT_FALSE(misfit) << option.text.name;
        EXPECT_EQ(option.write(context, owner), option.text.initial.text) << option.text.name;
        EXPECT_EQ(option.write(context, fresh), option.text.initial.text)
            << option.text.name << " has another default in config/config.h";
    }
}

TEST(Options, DefaultsAreThoseOfTheStructs) {
    expect_defaults(Config{});
    Realm realm;
    realm.listen = {ListenPoint{}};  // a list has no members until the loader fills it
    expect_defaults(realm);
    expect_defaults(Peer{});
    expect_defaults(Route{});
}

TEST(Options, EveryRowHasNameHelpAndInitialText) {
    for (const Scope scope : kAllScopes) {
        std::set<std::string_view> names;
        for (const OptionOutline& row : outlines(scope)) {
            EXPECT_TRUE(names.insert(row.text.name).second) << row.text.name;
            EXPECT_EQ(row.text.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-"),
                      std::string_view::npos);
            EXPECT_GT(row.text.help.size(), 10U) << row.text.name;
            EXPECT_FALSE(row.text.initial.text.empty()) << row.text.name;
            EXPECT_FALSE(row.form.empty()) << row.text.name;
        }
        EXPECT_FALSE(names.empty());
    }
    for (const Argument& argument : arguments()) {
        EXPECT_GT(argument.help.size(), 10U) << argument.name;
    }
}

template <class Owner>
void expect_room(const Config& context) {
    for (const Option<Owner>& option : options<Owner>()) {
        if (option.text.range.max == 0) {
            continue;
        }
        for (const std::uint64_t bound : {option.text.range.min, option.text.range.max}) {
            Owner owner;
            EXPECT_FALSE(option.read({option.text, context}, std::to_string(bound), owner));
            EXPECT_EQ(option.write(context, owner), std::to_string(bound)) << option.text.name;
        }
        Owner owner;
        EXPECT_TRUE(
            option.read({option.text, context}, std::to_string(option.text.range.max + 1), owner));
    }
}

TEST(Options, MembersHoldTheWholeRange) {
    expect_room<Config>({});
    expect_room<Realm>({});
    expect_room<Peer>({});
    expect_room<Route>({});
}

TEST(Options, HelpNamesEveryOne) {
    const std::string help = help_text();
    for (const Scope scope : kAllScopes) {
        for (const OptionOutline& row : outlines(scope)) {
            const std::string name =
                full_key(scope, scope == Scope::kGlobal ? "" : "NAME", row.text.name);
            EXPECT_NE(help.find("--" + name + " "), std::string::npos) << name;
            EXPECT_NE(help.find(row.text.initial.text), std::string::npos) << name;
        }
    }
    for (const Argument& argument : arguments()) {
        EXPECT_NE(help.find("--" + std::string(argument.name)), std::string::npos);
    }
}

TEST(Options, HelpFitsItsColumns) {
    std::istringstream help(help_text());
    for (std::string line; std::getline(help, line);) {
        EXPECT_LE(line.size(), 100U) << line;
    }
}

TEST(Options, ExamplesOfRequiredOnesAreGood) {
    // The examples refer to each other as in the published configuration.
    std::string text = "[realm.inside]\ndevice=net_tap9\ntap=t9\naddress=10.9.0.1/24\n";
    const char* const names[] = {"", "outside", "carrier", "g", "x"};
    for (const Scope scope : {Scope::kRealm, Scope::kPeer, Scope::kGroup, Scope::kRoute}) {
        text += "[" + full_key(scope, names[static_cast<std::size_t>(scope)], "") + "]\n";
        for (const OptionOutline& row : outlines(scope)) {
            text.append(row.text.name).append(" = ").append(row.text.initial.text).append("\n");
        }
    }
    const auto loaded = load_text(text);
    EXPECT_TRUE(loaded) << all(loaded.error());
}

}  // namespace
}  // namespace sallyport::config
