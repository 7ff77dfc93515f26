// SPDX-License-Identifier: Apache-2.0
// Answers with the right number of m= lines (RFC 3264 s.6; B2BUA-E3, E4).
#include "sdp-rewrite/answer.h"

#include "sdp-rewrite/grammar.h"
#include "sdp-rewrite/writer.h"

namespace sallyport::sdp {
namespace {

/// RFC 3264 s.6: a stream is rejected by port 0; its formats mean nothing but have to be there.
void reject(Writer& writer, const MediaSection& offered, std::string_view line_end) noexcept {
    std::string_view value = offered.m_line;
    value.remove_prefix(2);
    const auto media = parse_media(value);
    if (media) {  // always: the parser has accepted the line
        writer.patched(offered.m_line, {{media->port_token, "0"}});
        writer.text(line_end);
    }
}

/// The text without the empty lines that some senders end it with, and without its last line end.
std::string_view without_last_line_end(std::string_view text) noexcept {
    while (text.ends_with('\n') || text.ends_with('\r')) {
        text.remove_suffix(1);
    }
    return text;
}

Result<std::string_view, Fault> finish(const Writer& writer) noexcept {
    if (writer.overflow()) {
        return Failure{Fault::kTooLong};
    }
    return writer.written();
}

}  // namespace

Result<std::string_view, Fault> pad_answer(const Session& offer, const Session& answer,
                                           std::span<char> out) noexcept {
    const auto offered = offer.sections();
    const std::size_t answered = answer.sections().size();
    if (answered > offered.size()) {
        return Failure{Fault::kSectionCount};
    }
    if (answered == offered.size()) {
        return answer.text();
    }
    Writer writer(out);
    writer.text(without_last_line_end(answer.text()));
    writer.text(answer.line_end());
    for (const MediaSection& section : offered.subspan(answered)) {
        reject(writer, section, answer.line_end());
        if (answer.connection().empty()) {  // RFC 8866 s.5.7: each section, or the session, has one
            writer.text("c=IN IP4 0.0.0.0");
            writer.text(answer.line_end());
        }
    }
    return finish(writer);
}

Result<std::string_view, Fault> reject_answer(const Session& offer, std::span<char> out) noexcept {
    const std::string_view end = offer.line_end();
    Writer writer(out);
    const auto line = [&writer, end](std::string_view text) noexcept {
        writer.text(text);
        writer.text(end);
    };
    line("v=0");
    writer.text("o=- ");
    writer.text(offer.origin().present() ? offer.origin().sess_id : "0");
    line(" 1 IN IP4 0.0.0.0");
    line("s=-");
    line("c=IN IP4 0.0.0.0");
    // RFC 3264 s.6: the answer's t= equals the offer's.
    bool timed = false;
    LineCursor lines(offer.text());
    while (!lines.at_end()) {
        const Line source = lines.next();
        if (source.type == 't') {
            writer.text("t=");
            line(source.value);
            timed = true;
        }
    }
    if (!timed) {
        line("t=0 0");
    }
    for (const MediaSection& section : offer.sections()) {
        reject(writer, section, end);
    }
    return finish(writer);
}

}  // namespace sallyport::sdp
