// SPDX-License-Identifier: Apache-2.0
// Boost.Program_options lays out the help; the dump is one line per option.
#include "config/print.h"

#include "config/options.h"

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <sstream>

namespace sallyport::config {
namespace {

namespace po = boost::program_options;

constexpr unsigned kColumns = 100;

std::string description(const OptionOutline& outline) {
    const OptionText& option = outline.text;
    std::string out(option.help);
    if (option.range.max != 0) {
        out += "; " + outline.form;
    }
    if (!option.unit.empty() && option.range.max != 0) {
        out.append(" ").append(option.unit);
    }
    out += option.initial.required ? " (required, such as " : " [";
    out.append(option.initial.text).append(option.initial.required ? ")" : "]");
    return out;
}

void describe(po::options_description& out, const std::string& name, const std::string& value,
              const std::string& help) {
    if (value.empty()) {
        out.add_options()(name.c_str(), help.c_str());
    } else {
        out.add_options()(name.c_str(), po::value<std::string>()->value_name(value), help.c_str());
    }
}

po::options_description describe_scope(Scope scope, const std::string& title) {
    po::options_description out(title, kColumns, kColumns / 2);
    for (const OptionOutline& outline : outlines(scope)) {
        const bool number = outline.text.range.max != 0;
        describe(out, full_key(scope, scope == Scope::kGlobal ? "" : "NAME", outline.text.name),
                 number ? "N" : outline.form, description(outline));
    }
    return out;
}

template <class Owner>
void dump_section(std::string& out, const Config& config, const Owner& owner) {
    for (const Option<Owner>& option : options<Owner>()) {
        out.append(option.text.name).append(" = ").append(option.write(config, owner)).append("\n");
    }
}

template <class Owner>
void dump_all(std::string& out, const Config& config, Scope scope,
              const std::vector<Owner>& owners) {
    for (const Owner& owner : owners) {
        out.append("\n[").append(full_key(scope, owner.name, "")).append("]\n");
        dump_section(out, config, owner);
    }
}

}  // namespace

std::string help_text() {
    po::options_description program("Program", kColumns, kColumns / 2);
    for (const Argument& argument : arguments()) {
        describe(program, std::string(argument.name), std::string(argument.value),
                 std::string(argument.help));
    }
    std::ostringstream out;
    out << "sallyport [--KEY=VALUE ...]\n\n"
           "A gate for SIP between networks: signalling, registrations and media pass, addresses "
           "do "
           "not.\nEvery key below stands in the configuration file or on the command line, which "
           "wins:\n'address = 10.10.0.1/24' under [realm.inside] is "
           "--realm.inside.address=10.10.0.1/24.\n\n"
        << program << '\n'
        << describe_scope(Scope::kGlobal, "Gateway") << '\n'
        << describe_scope(Scope::kRealm, "Realms, one side of the gate each: [realm.NAME]") << '\n'
        << describe_scope(Scope::kPeer, "Peers, other SIP servers: [peer.NAME]") << '\n'
        << describe_scope(Scope::kGroup, "Groups, peers that share calls: [group.NAME]") << '\n'
        << describe_scope(Scope::kRoute, "Routes, where calls go: [route.NAME]");
    return out.str();
}

std::string dump_text(const Config& config) {
    std::string out;
    dump_section(out, config, config);
    dump_all(out, config, Scope::kRealm, config.realms);
    dump_all(out, config, Scope::kPeer, config.peers);
    dump_all(out, config, Scope::kGroup, config.groups);
    dump_all(out, config, Scope::kRoute, config.routes);
    return out;
}

}  // namespace sallyport::config
