// SPDX-License-Identifier: Apache-2.0
// Writing an edited message in one walk over its header index and its edits. Lines without a reason
// to change are copied as one block up to the next line that has one.
#include "b2bua/sip/patch.h"
#include "b2bua/sip/scan.h"
#include "b2bua/sip/text_sink.h"

namespace sallyport::sip {

/// One encode() call. Edits are consumed in order; one that is left over did not fit any place of
/// the message.
class Patch::Encoder {
public:
    Encoder(const Patch& patch, std::span<char> out) noexcept
        : patch_(patch),
          message_(patch.message_),
          octets_(patch.message_.octets().data()),
          body_(patch.body_.value_or(patch.message_.body())),
          out_(out) {}

    [[nodiscard]] Result<std::string_view, PatchFault> run() noexcept {
        start_line();
        raw_begin_ = raw_end_ = message_.first_header_offset();
        for (const HeaderField& field : message_.headers()) {
            header(field);
        }
        insert_lines(patch_.headers_end());
        flush();
        if (!has_content_length_) {
            out_.put("Content-Length: ");
            out_.put_number(body_.size());
            out_.put("\r\n");
        }
        out_.put("\r\n");
        out_.put(body_);
        if (next_ != patch_.edit_count_) {
            return Failure{PatchFault::kNotInside};
        }
        if (out_.overflow()) {
            return Failure{PatchFault::kNoRoom};
        }
        return out_.written();
    }

private:
    [[nodiscard]] const Edit* edit_before(std::uint32_t limit) const noexcept {
        const bool there = next_ < patch_.edit_count_ && patch_.edits_[next_].begin <= limit;
        return there ? &patch_.edits_[next_] : nullptr;
    }

    void put_text(const Edit& edit) noexcept {
        out_.put(std::string_view(patch_.text_.data() + edit.text, edit.text_length));
    }

    void flush() noexcept {
        out_.put(scan::view(octets_ + raw_begin_, octets_ + raw_end_));
        raw_begin_ = raw_end_;
    }

    /// The octets [begin, end) of the message, folds as SP, with the edits inside them.
    void put_edited(std::uint32_t begin, std::uint32_t end) noexcept {
        for (const Edit* edit = edit_before(end); edit != nullptr && edit->kind != Kind::kLine;
             edit = edit_before(end)) {
            if (edit->begin < begin || edit->end > end) {
                return;  // left over: run() says so
            }
            out_.put_unfolded(scan::view(octets_ + begin, octets_ + edit->begin));
            put_text(*edit);
            begin = edit->end;
            ++next_;
        }
        out_.put_unfolded(scan::view(octets_ + begin, octets_ + end));
    }

    void put_edited(std::string_view part) noexcept {
        if (part.data() != nullptr) {
            const auto begin = scan::distance(octets_, part.data());
            put_edited(begin, begin + static_cast<std::uint32_t>(part.size()));
        }
    }

    void start_line() noexcept {
        if (message_.is_request()) {
            put_edited(message_.method_name());
            out_.put(" ");
            put_edited(message_.request_uri());
            out_.put(" SIP/2.0\r\n");
            return;
        }
        out_.put("SIP/2.0 ");
        if (patch_.status_) {
            out_.put_number(static_cast<std::uint64_t>(patch_.status_->status));
            out_.put(" ");
            out_.put(patch_.status_->reason);
        } else {
            out_.put_number(static_cast<std::uint64_t>(message_.status()));
            out_.put(" ");
            put_edited(message_.reason());
        }
        out_.put("\r\n");
    }

    /// Whole lines that go in before the line that starts at the offset.
    void insert_lines(std::uint32_t at) noexcept {
        for (const Edit* edit = edit_before(at);
             edit != nullptr && edit->kind == Kind::kLine && edit->begin == at;
             edit = edit_before(at)) {
            flush();
            put_text(*edit);
            out_.put("\r\n");
            ++next_;
        }
    }

    void header(const HeaderField& field) noexcept {
        insert_lines(field.line);
        const Edit* const edit = edit_before(field.next_line - 1);
        const bool edited = edit != nullptr && edit->kind != Kind::kLine;
        if (edited && edit->begin == field.line && edit->end == field.next_line) {
            flush();
            raw_begin_ = raw_end_ = field.next_line;
            ++next_;
            return;
        }
        const bool compact = field.name_length == 1 && field.id != HeaderId::kUnknown;
        if (!edited && !compact && !field.folded && field.id != HeaderId::kContentLength) {
            raw_end_ = field.next_line;
            return;
        }
        flush();
        raw_begin_ = raw_end_ = field.next_line;
        rewrite(field, compact);
    }

    void rewrite(const HeaderField& field, bool compact) noexcept {
        const std::uint32_t name_end = field.line + field.name_length;
        if (compact || field.folded) {
            out_.put(compact ? long_name(field.id) : message_.name(field));
            out_.put(": ");
        } else {
            out_.put(scan::view(octets_ + field.line, octets_ + field.value));
        }
        if (field.id == HeaderId::kContentLength) {
            has_content_length_ = true;
            out_.put_number(body_.size());
            skip_edits(name_end, field.next_line);
        } else {
            put_edited(field.value, field.value + field.value_length);
        }
        out_.put("\r\n");
    }

    /// What someone wrote into Content-Length has no say: encode() counts.
    void skip_edits(std::uint32_t begin, std::uint32_t end) noexcept {
        while (next_ < patch_.edit_count_ && patch_.edits_[next_].begin >= begin &&
               patch_.edits_[next_].begin < end) {
            ++next_;
        }
    }

    const Patch& patch_;
    const Message& message_;
    const char* octets_;
    std::string_view body_;
    TextSink out_;
    std::size_t next_{0};
    std::uint32_t raw_begin_{0};  // lines that leave as they came, not yet copied
    std::uint32_t raw_end_{0};
    bool has_content_length_{false};
};

Result<std::string_view, PatchFault> Patch::encode(std::span<char> out) const noexcept {
    if (fault_) {
        return Failure{*fault_};
    }
    return Encoder(*this, out).run();
}

}  // namespace sallyport::sip
