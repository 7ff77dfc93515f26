// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/pasted_message.h"

#include "b2bua/sip/header.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

namespace sallyport::explain {
namespace {

constexpr std::string_view kBlanks = " \t";

/// Takes the first line, without its line end, off the text.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    if (line.ends_with('\r')) {
        line.remove_suffix(1);
    }
    return line;
}

std::string with_crlf(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const bool ended = text.find('\n') != std::string_view::npos;
        out.append(take_line(text)).append(ended ? "\r\n" : "");
    }
    return out;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(kBlanks);
    return first == std::string_view::npos
               ? std::string_view{}
               : text.substr(first, text.find_last_not_of(kBlanks) + 1 - first);
}

/// The value of a Content-Length line.
std::optional<std::string_view> content_length(std::string_view line) {
    const std::size_t colon = line.find(':');
    const bool is = colon != std::string_view::npos &&
                    sip::header_id(trimmed(line.substr(0, colon))) == sip::HeaderId::kContentLength;
    return is ? std::optional(trimmed(line.substr(colon + 1))) : std::nullopt;
}

bool has_bare_lf(std::string_view text) {
    for (std::size_t at = text.find('\n'); at != std::string_view::npos;
         at = text.find('\n', at + 1)) {
        if (at == 0 || text[at - 1] != '\r') {
            return true;
        }
    }
    return false;
}

/// Without the empty lines at its end, which editors and mails leave there.
std::string without_trailing_lines(std::string text) {
    const std::size_t last = text.find_last_not_of("\r\n");
    const std::size_t end = last == std::string::npos ? 0 : last + 1;
    const std::string_view rest = std::string_view(text).substr(end);
    const std::size_t line_end = rest.starts_with("\r\n") ? 2 : rest.starts_with('\n') ? 1 : 0;
    text.resize(end == 0 ? 0 : end + line_end);
    return text;
}

/// The body that has the length which the message says, if one reading of the text does; else text
/// gets the line ends that it had on the wire.
std::string body_of(std::string_view rest, std::string_view said) {
    const std::string whole(rest);
    const std::string on_wire = with_crlf(rest);
    for (const std::string& reading :
         {whole, on_wire, without_trailing_lines(whole), without_trailing_lines(on_wire)}) {
        if (std::to_string(reading.size()) == said) {
            return reading;
        }
    }
    const std::string text = without_trailing_lines(whole);
    const bool edited = text.find("\r\n") == std::string::npos;
    return edited ? with_crlf(text) : text;
}

/// The first lines, without their ends, up to the empty one; the text loses them.
std::vector<std::string> take_headers(std::string_view& text, std::vector<std::string>& notes) {
    std::vector<std::string> lines;
    while (!text.empty()) {
        const std::string_view line = take_line(text);
        if (line.empty()) {
            return lines;
        }
        lines.emplace_back(line);
    }
    notes.emplace_back("no empty line after the headers: read as if there were one");
    return lines;
}

}  // namespace

Arrival read_pasted(std::string_view text) {
    Arrival arrival;
    const std::size_t start = text.find_first_not_of("\r\n");
    text.remove_prefix(start == std::string_view::npos ? text.size() : start);
    if (has_bare_lf(text)) {
        arrival.notes.emplace_back("lines ended by LF alone: read with the CRLF of the wire");
    }
    std::vector<std::string> lines = take_headers(text, arrival.notes);
    std::string_view says;
    for (const std::string& line : lines) {
        says = content_length(line).value_or(says);
    }
    const std::string body = body_of(text, says);
    const std::string length = std::to_string(body.size());
    for (std::string& line : lines) {
        const auto said = content_length(line);
        if (said && *said != length) {
            std::string note = "Content-Length says ";
            note.append(*said).append(", the body has ").append(length);
            arrival.notes.push_back(note.append(" octets: read with ").append(length));
            line = "Content-Length: " + length;
        }
        arrival.octets.append(line).append("\r\n");
    }
    arrival.octets.append("\r\n").append(body);
    return arrival;
}

}  // namespace sallyport::explain
