// SPDX-License-Identifier: Apache-2.0
// The order of reading, and the file system's share of the faults.
#include "config/load.h"

#include "config/build.h"
#include "config/check.h"
#include "config/print.h"
#include "config/read.h"
#include "config/read_file.h"
#include "config/values.h"
#include "config/version.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

namespace sallyport::config {
namespace {

using Loaded = Result<Invocation, std::vector<Fault>>;

/// Nothing, and a fault, when there is no text to read settings from.
std::optional<Source> read_source(const std::string& file, bool needed, Faults& faults) {
    const auto text = read_file(file, kLargestFile);
    if (!text.ok()) {
        const int error = text.error().error;
        if (error == ENOENT && !needed) {
            return Source{};
        }
        faults.add(kWholeFile, "",
                   sentence(in_quotes(std::strerror(error)), "a readable file",
                            cure_for(text.error(), file, "--config=FILE")));
        return std::nullopt;
    }
    if (text->size() > kLargestFile) {
        faults.add(kWholeFile, "",
                   sentence("more than " + std::to_string(kLargestFile) + " octets",
                            "a configuration file, which is far smaller",
                            "name the right one with --config=FILE"));
        return std::nullopt;
    }
    return read_ini(*text, faults);
}

/// The users of config.users_file. A default name whose file is not there means that there are
/// none.
Users load_users(const Config& config, const Source& source, Faults& in_config, Faults& in_users) {
    const auto& settings = source.of(Scope::kGlobal).front().settings;
    const auto named = settings.find("users");
    const auto text = read_file(config.users_file, kLargestUsersFile);
    if (text.ok() && text->size() <= kLargestUsersFile) {
        return read_users(*text, in_users);
    }
    if (config.users_file == kDefaultUsersFile && !text.ok() && text.error().error == ENOENT) {
        return {};
    }
    const std::string found =
        text.ok() ? "more than " + std::to_string(kLargestUsersFile) + " octets"
                  : in_quotes(std::strerror(text.error().error)) + " for " + config.users_file;
    const std::string cure = text.ok() ? "name the right one"
                                       : cure_for(text.error(), config.users_file, "users = FILE");
    in_config.add(named == settings.end() ? kWholeFile : named->second.place, "users",
                  sentence(found, "a readable users file", cure));
    return {};
}

/// A realm that nobody set up otherwise and from which no route leads has no registrar but us.
void own_registrars(Config& config, const Source& source) {
    for (std::size_t i = 0; i < config.realms.size(); ++i) {
        const bool said = source.of(Scope::kRealm)[i].settings.contains("registration");
        const bool routed = std::any_of(config.routes.begin(), config.routes.end(),
                                        [i](const Route& route) { return route.from.value == i; });
        if (!said && !routed && config.users->size() != 0) {
            config.realms[i].registration = RegistrationMode::kLocal;
        }
    }
}

/// The domain in lower case: so a challenge names it, and a phone hashes what it reads there.
Loaded hash_password(std::string account) {
    if (!is_account(account)) {
        Faults faults;
        faults.add(kCommandLine, "hash-password",
                   sentence(in_quotes(account), "a user and a domain without a port",
                            "write for instance --hash-password=alice@example.com"));
        return Failure{faults.in_order("")};
    }
    const auto domain = account.begin() + static_cast<std::ptrdiff_t>(account.find('@'));
    std::transform(domain, account.end(), domain,
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
    return Invocation{Mode::kHashPassword, {}, std::move(account), {}};
}

Loaded print(Mode mode, std::string text) {
    return Invocation{mode, {}, std::move(text), {}};
}

std::string count(std::size_t n, const std::string& kind) {
    return std::to_string(n) + " " + kind + (n == 1 ? "" : "s");
}

std::string names_of(const std::vector<Realm>& realms) {
    std::string names;
    for (const Realm& realm : realms) {
        names.append(names.empty() ? "" : ", ").append(realm.name);
    }
    return names;
}

/// What --explain-realm and --explain-source say, against the realms that there are.
ExplainRequest explain_request(const CommandLine& line, const Config& config, Faults& faults) {
    ExplainRequest request{line.explain, std::nullopt, std::nullopt};
    const auto realm = std::find_if(config.realms.begin(), config.realms.end(),
                                    [&](const Realm& r) { return r.name == line.explain_realm; });
    if (realm != config.realms.end()) {
        request.realm = RealmId{static_cast<std::uint8_t>(realm - config.realms.begin())};
    } else if (!line.explain_realm.empty()) {
        faults.add(kCommandLine, "explain-realm",
                   sentence(in_quotes(line.explain_realm),
                            "a realm of the configuration: " + names_of(config.realms),
                            "name one of them"));
    }
    if (!line.explain_source.empty()) {
        request.source = sip_uri_endpoint("sip:" + line.explain_source);
    }
    if (!line.explain_source.empty() && !request.source) {
        faults.add(kCommandLine, "explain-source",
                   sentence(in_quotes(line.explain_source), "an address and a port",
                            "write for instance --explain-source=192.0.2.10:5060"));
    }
    return request;
}

Invocation invocation(const CommandLine& line, Config config, std::vector<Fault> warnings,
                      const std::string& file) {
    Invocation out;
    if (line.dump) {
        out.mode = Mode::kDump;
        out.text = dump_text(config);
    } else if (!line.explain.empty()) {
        out.mode = Mode::kExplain;
    } else if (line.check) {
        out.mode = Mode::kCheck;
        out.text = file + ": good: " + count(config.realms.size(), "realm") + ", " +
                   count(config.peers.size(), "peer") + ", " +
                   count(config.routes.size(), "route") + ", " + count(warnings.size(), "warning") +
                   "\n";
    }
    out.config = std::move(config);
    out.warnings = std::move(warnings);
    return out;
}

}  // namespace

Loaded load(std::span<const std::string> arguments) {
    Faults faults;
    const CommandLine line = read_command_line(arguments, faults);
    if (line.help) {
        return print(Mode::kHelp, help_text());
    }
    if (line.version) {
        return print(Mode::kVersion, "sallyport " + std::string(version()) + "\n");
    }
    if (!line.hash_password_of.empty() && faults.empty()) {
        return hash_password(line.hash_password_of);
    }
    const std::string file = line.file.empty() ? kDefaultFile : line.file;
    const bool needed = !line.file.empty() || line.settings.of(Scope::kRealm).empty();
    const auto source_of_file = read_source(file, needed, faults);
    if (!source_of_file) {
        return Failure{faults.in_order(file)};
    }
    Source source = *source_of_file;
    overlay(source, line.settings);
    Faults warnings;
    Config config = build(source, faults);
    Faults of_users;
    config.users = std::make_shared<const Users>(load_users(config, source, faults, of_users));
    own_registrars(config, source);
    check(config, source, faults, warnings);
    ExplainRequest explain = explain_request(line, config, faults);
    if (!faults.empty() || !of_users.empty()) {
        std::vector<Fault> all = faults.in_order(file);
        const std::vector<Fault> more = of_users.in_order(config.users_file);
        all.insert(all.end(), more.begin(), more.end());
        return Failure{std::move(all)};
    }
    Invocation out = invocation(line, config, warnings.in_order(file), file);
    out.explain = std::move(explain);
    return out;
}

}  // namespace sallyport::config
