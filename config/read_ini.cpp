// SPDX-License-Identifier: Apache-2.0
// The form of the file: [section] headers, "key = value" lines, '#' comments anywhere. Line ends
// may be LF, CRLF or CR; a UTF-8 byte order mark is skipped.
#include "config/read.h"
#include "config/text.h"

#include <boost/program_options/errors.hpp>
#include <boost/program_options/options_description.hpp>
#include <boost/program_options/parsers.hpp>

#include <algorithm>
#include <optional>
#include <sstream>

namespace sallyport::config {
namespace {

namespace po = boost::program_options;

bool is_binary(std::string_view line) noexcept {
    return std::any_of(line.begin(), line.end(),
                       [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t'; });
}

/// Takes the first line off text, whatever ends it.
std::string_view take_line(std::string_view& text) noexcept {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end);
    text.remove_prefix(text.starts_with("\r\n") ? 2 : std::min<std::size_t>(1, text.size()));
    return line;
}

class IniReader {
public:
    explicit IniReader(Faults& faults) : faults_(faults) {}

    Source read(std::string_view text) {
        if (text.starts_with("\xEF\xBB\xBF")) {
            text.remove_prefix(3);
        }
        for (Place place{1}; !text.empty(); ++place.line) {
            const std::string_view line = take_line(text);
            if (is_binary(line)) {
                faults_.add(
                    place, "",
                    sentence("octets that are no text", "a text file in UTF-8",
                             "name a configuration file; the rest of this one was not read"));
                break;
            }
            on_line(trim(line.substr(0, line.find('#'))), place);
        }
        return std::move(source_);
    }

private:
    void on_line(std::string_view line, Place place) {
        if (line.empty()) {
            return;
        }
        if (line.front() == '[') {
            on_header(line, place);
        } else if (section_ != nullptr) {
            on_setting(line, place);
        }  // else: the header above was refused and its lines with it
    }

    void on_header(std::string_view line, Place place) {
        section_ = nullptr;
        if (line.back() != ']') {
            faults_.add(place, "",
                        sentence(in_quotes(line), "a section header such as [realm.inside]",
                                 "close it with ']' on the same line"));
            return;
        }
        const auto name = read_section_name(trim(line.substr(1, line.size() - 2)), place, faults_);
        if (!name) {
            return;
        }
        scope_ = name->scope;
        if (const Section* first = find_section(source_, *name)) {
            faults_.add(place, full_key(scope_, name->name, ""),
                        sentence("the section a second time",
                                 "once (it begins in line " + std::to_string(first->place.line) +
                                     " already)",
                                 "move these settings there; they were not read"));
            return;
        }
        section_ = &source_.of(scope_).emplace_back(Section{name->name, place, {}});
    }

    void on_setting(std::string_view line, Place place) {
        const auto setting = parse(line);
        if (!setting) {
            faults_.add(place, "",
                        sentence(in_quotes(line), "a setting such as workers = 1",
                                 "write KEY = VALUE, or put '#' in front of a comment"));
            return;
        }
        const std::string& key = setting->string_key;
        put(*section_, key, {place, setting->value.front()}, full_key(scope_, section_->name, key),
            faults_);
    }

    /// One line in Boost's hands.
    static std::optional<po::option> parse(std::string_view line) {
        static const po::options_description any;
        std::istringstream stream{std::string(line)};
        try {
            const po::parsed_options parsed = po::parse_config_file(stream, any, true);
            if (parsed.options.size() == 1 && !parsed.options.front().string_key.empty()) {
                return parsed.options.front();
            }
        } catch (const po::error&) {  // no '=' in it
        }
        return std::nullopt;
    }

    Faults& faults_;
    Source source_;
    Scope scope_{Scope::kGlobal};
    Section* section_{&source_.of(Scope::kGlobal).front()};
};

}  // namespace

Source read_ini(std::string_view text, Faults& faults) {
    return IniReader(faults).read(text);
}

}  // namespace sallyport::config
