// SPDX-License-Identifier: Apache-2.0
// Every key of the file as --key=VALUE or --key VALUE, sections included
// (--realm.inside.address=10.10.0.1/24), and the switches of the program itself. Short forms and
// abbreviations do not exist: scripts must survive new options.
#include "config/nearest.h"
#include "config/options.h"
#include "config/read.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/value_semantic.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace sallyport::config {
namespace {

namespace po = boost::program_options;

po::options_description known_options() {
    po::options_description known;
    for (const Argument& argument : arguments()) {
        const std::string name(argument.name);
        if (argument.value.empty()) {
            known.add_options()(name.c_str(), "");
        } else {
            known.add_options()(name.c_str(), po::value<std::string>(), "");
        }
    }
    for (const Scope scope : kAllScopes) {
        if (scope != Scope::kGlobal) {
            known.add_options()((std::string(word(scope)) + ".*").c_str(), po::value<std::string>(),
                                "");
            continue;
        }
        for (const std::string_view name : option_names(scope)) {
            known.add_options()(std::string(name).c_str(), po::value<std::string>(), "");
        }
    }
    return known;
}

class CommandLineReader {
public:
    explicit CommandLineReader(Faults& faults) : faults_(faults) {}

    CommandLine read(std::span<const std::string> arguments) {
        while (!arguments.empty()) {
            const std::size_t taken = on_argument(arguments);
            arguments = arguments.subspan(taken);
        }
        return std::move(line_);
    }

private:
    /// Gives one option to Boost, with the argument behind it when that is its value. Returns how
    /// many it was.
    std::size_t on_argument(std::span<const std::string> arguments) {
        const std::string& first = arguments.front();
        if (!first.starts_with("--") || first.size() == 2) {
            faults_.add(kCommandLine, "",
                        sentence(in_quotes(first), "options of the form --KEY=VALUE",
                                 "name a file with --config=FILE; --help lists the options"));
            return 1;
        }
        const std::string name = first.substr(2, first.find('=') - 2);
        const bool wants_next = first.find('=') == std::string::npos && arguments.size() > 1 &&
                                !arguments[1].starts_with("--") && takes_value(name);
        const std::size_t taken = wants_next ? 2 : 1;
        parse(name, {arguments.begin(), arguments.begin() + static_cast<std::ptrdiff_t>(taken)});
        return taken;
    }

    void parse(const std::string& name, std::vector<std::string> unit) {
        using Style = po::command_line_style::style_t;
        const int style = Style::allow_long | Style::long_allow_adjacent | Style::long_allow_next;
        try {
            const po::parsed_options parsed =
                po::command_line_parser(unit).options(known_).style(style).run();
            for (const po::option& option : parsed.options) {
                on_option(option.string_key, option.value.empty() ? "" : option.value.front());
            }
        } catch (const po::unknown_option&) {
            on_unknown(name);
        } catch (const po::error&) {
            const bool value = takes_value(name);
            faults_.add(
                kCommandLine, name,
                sentence(value ? "no value" : "a value", value ? "one" : "none",
                         value ? "write --" + name + "=VALUE" : "write --" + name + " alone"));
        }
    }

    [[nodiscard]] bool takes_value(const std::string& name) const {
        const auto all = arguments();
        return std::none_of(all.begin(), all.end(), [&](const Argument& argument) {
            return argument.value.empty() && argument.name == name;
        });
    }

    void on_unknown(const std::string& name) {
        if (name.find('.') != std::string::npos) {
            (void)read_section_name(name, kCommandLine, faults_);  // says which kinds there are
            return;
        }
        std::vector<std::string_view> names = option_names(Scope::kGlobal);
        for (const Argument& argument : arguments()) {
            names.push_back(argument.name);
        }
        const auto meant = nearest(name, names);
        faults_.add(kCommandLine, name,
                    sentence("an unknown option", "one that --help lists",
                             meant ? "write --" + std::string(*meant)
                                   : "remove it, or name its section: --realm.NAME.KEY=VALUE"));
    }

    void on_option(const std::string& key, const std::string& value) {
        if (key == "check") {
            line_.check = true;
        } else if (key == "dump") {
            line_.dump = true;
        } else if (key == "help") {
            line_.help = true;
        } else if (key == "version") {
            line_.version = true;
        } else if (key == "config") {
            on_file(value);
        } else if (key == "hash-password") {
            line_.hash_password_of = value;
        } else if (std::string* asked = asked_of_explain(key)) {
            *asked = value;
        } else {
            on_setting(key, value);
        }
    }

    std::string* asked_of_explain(const std::string& key) {
        return key == "explain"          ? &line_.explain
               : key == "explain-realm"  ? &line_.explain_realm
               : key == "explain-source" ? &line_.explain_source
                                         : nullptr;
    }

    void on_file(const std::string& value) {
        if (value.empty() || !line_.file.empty()) {
            faults_.add(kCommandLine, "config",
                        sentence(value.empty() ? "no name" : "a second file",
                                 "the name of one file", "write --config=FILE once"));
            return;
        }
        line_.file = value;
    }

    void on_setting(const std::string& full, const std::string& value) {
        const std::size_t dot = full.rfind('.');
        if (dot == std::string::npos) {
            put(line_.settings.of(Scope::kGlobal).front(), full, {kCommandLine, value}, full,
                faults_);
            return;
        }
        if (full.find('.') == dot || dot + 1 == full.size()) {
            faults_.add(kCommandLine, full,
                        sentence("no key", "section and key",
                                 "write --" + full.substr(0, full.find('.')) + ".NAME.KEY=VALUE"));
            return;
        }
        const auto name = read_section_name(full.substr(0, dot), kCommandLine, faults_);
        if (!name) {
            return;
        }
        Section* section = find_section(line_.settings, *name);
        if (section == nullptr) {
            section =
                &line_.settings.of(name->scope).emplace_back(Section{name->name, kCommandLine, {}});
        }
        put(*section, full.substr(dot + 1), {kCommandLine, value}, full, faults_);
    }

    Faults& faults_;
    CommandLine line_;
    po::options_description known_{known_options()};
};

}  // namespace

CommandLine read_command_line(std::span<const std::string> arguments, Faults& faults) {
    return CommandLineReader(faults).read(arguments);
}

}  // namespace sallyport::config
