// SPDX-License-Identifier: Apache-2.0
// The table of B2BUA-F2 as one function per kind of line. A second walk over the text that
// Session::parse has accepted; the Session says what each section is, the walk where its lines are.
#include "sdp-rewrite/rewrite.h"

#include "sdp-rewrite/attributes.h"
#include "sdp-rewrite/grammar.h"
#include "sdp-rewrite/writer.h"

#include <string>

namespace sallyport::sdp {
namespace {

class Rewriter {
public:
    Rewriter(const Session& session, const Rewrite& plan, std::span<char> out) noexcept
        : session_(session),
          plan_(plan),
          writer_(out),
          address_(plan.address.to_string()),
          // No stream at all: then the addresses stand for the party, and are hidden too (F16).
          touches_session_(session.any_anchored() || session.sections().empty()) {}

    [[nodiscard]] Result<std::string_view, Fault> run() noexcept {
        if (!hiding() && plan_.anchors.size() != session_.sections().size()) {
            return Failure{Fault::kAnchorCount};
        }
        LineCursor lines(session_.text());
        while (!lines.at_end() && !fault_) {
            line_ = lines.next();
            on_line();
        }
        complete_section();
        if (!fault_) {
            settle_version();
        }
        if (!fault_ && writer_.overflow()) {
            fault_ = Fault::kTooLong;
        }
        if (fault_) {
            return Failure{*fault_};
        }
        return writer_.written();
    }

private:
    /// F16: addresses are replaced, ports kept, nothing is allocated.
    [[nodiscard]] bool hiding() const noexcept { return plan_.anchors.empty(); }
    /// Whether lines of the section, or of the session level, are ours to edit.
    [[nodiscard]] bool edits_here() const noexcept {
        return section_ == nullptr ? touches_session_ : section_->anchored;
    }
    /// The ports to write into the section; nullptr: they stay as they are.
    [[nodiscard]] const Anchor* anchor() const noexcept {
        if (hiding() || section_ == nullptr || rejected() || !plan_.anchors[index_]) {
            return nullptr;
        }
        // Port 0 stays 0 (E5), unless it only says "inside the bundle", which is resolved (F14).
        return section_->live() ? &*plan_.anchors[index_] : nullptr;
    }
    [[nodiscard]] bool rejected() const noexcept { return plan_.rejected[index_]; }

    /// F2: the session's c= is ours when an anchored section goes by it. One that nobody goes by is
    /// hidden like the rest; one that only others go by stays, and so do they (F4).
    [[nodiscard]] bool edits_session_connection() const noexcept {
        bool inherited = false;
        for (const MediaSection& section : session_.sections()) {
            if (!section.own_connection && section.anchored) {
                return true;
            }
            inherited |= !section.own_connection;
        }
        return touches_session_ && !inherited;
    }

    void on_line() noexcept {
        if (line_.type == 'm' || line_.type == '\0') {
            complete_section();
        } else if (line_.type != 'i') {
            insert_inherited_connection();
        }
        switch (line_.type) {
            case 'o':
                return on_origin();
            case 'c':
                return on_connection();
            case 'm':
                return on_media();
            case 'a':
                return on_attribute();
            default:
                return copy();
        }
    }

    void copy() noexcept {
        writer_.text(line_.whole);
        open_end_ = line_.end.empty();
    }

    /// A line of ours after the last one written; the source's last line may lack its line end.
    void insert(std::initializer_list<std::string_view> pieces) noexcept {
        if (open_end_) {
            writer_.text(session_.line_end());
        }
        for (const std::string_view piece : pieces) {
            writer_.text(piece);
        }
        if (!open_end_) {
            writer_.text(session_.line_end());
        }
    }

    [[nodiscard]] std::string_view own_addrtype() const noexcept {
        return plan_.address.is_v6() ? "IP6" : "IP4";
    }
    /// E11: the unspecified address is a message to the far end and stays one, in our family (F5).
    [[nodiscard]] std::string_view address_for(const IpAddr& source) const noexcept {
        if (source.is_unspecified()) {
            return plan_.address.is_v6() ? "::" : "0.0.0.0";
        }
        return address_;
    }
    /// True when the source says already what we would write, be it in another spelling.
    [[nodiscard]] bool says_the_same(const IpAddr& source) const noexcept {
        return source == plan_.address ||
               (source.is_unspecified() && source.family() == plan_.address.family());
    }

    void on_origin() noexcept {
        const OriginFields& origin = session_.origin();
        open_end_ = line_.end.empty();
        const bool continued = plan_.origin != nullptr && !plan_.origin->empty();
        if (continued) {
            writer_.text("o=");
            writer_.text(plan_.origin->identity());
            version_at_ = writer_.written().size();
            writer_.text(plan_.origin->version());
            writer_.text(plan_.origin->address());
            writer_.text(line_.end);
            return;
        }
        const auto ip = IpAddr::parse(origin.address);
        if (!touches_session_ || (ip && *ip == plan_.address)) {
            writer_.text(line_.whole);
            return;
        }
        writer_.patched(line_.whole, {{origin.nettype, "IN"},
                                      {origin.addrtype, own_addrtype()},
                                      {origin.address, address_}});
    }

    void on_connection() noexcept {
        const Connection source = parse_connection(line_.value);
        const bool same = source.valid && !source.multicast && says_the_same(source.ip);
        const bool ours = section_ == nullptr ? edits_session_connection() : edits_here();
        if (!ours || same) {
            copy();
            return;
        }
        open_end_ = line_.end.empty();
        session_connection_edited_ |= section_ == nullptr;
        if (!source.valid) {
            // Only where no media flows: the parser refuses it on a live stream.
            for (const std::string_view piece :
                 {std::string_view("c=IN "), own_addrtype(), std::string_view(" "),
                  std::string_view(address_), line_.end}) {
                writer_.text(piece);
            }
            return;
        }
        writer_.patched(line_.whole, {{source.addrtype, own_addrtype()},
                                      {source.address, address_for(source.ip)}});
    }

    void on_media() noexcept {
        index_ = section_ == nullptr ? 0 : index_ + 1;
        section_ = &session_.sections()[index_];
        inherits_ = session_connection_edited_ && !section_->anchored &&
                    !section_->own_connection && !rejected();
        has_rtcp_ = false;
        open_ = true;
        open_end_ = line_.end.empty();
        const auto media = parse_media(line_.value);
        const bool zero = section_->port.value == 0;
        const bool kept = !section_->anchored && !rejected();
        if (!media || kept || hiding() || (zero && anchor() == nullptr)) {
            writer_.text(line_.whole);
            return;
        }
        if (anchor() == nullptr) {
            writer_.patched(line_.whole, {{media->port_token, "0"}});
            return;
        }
        if (section_->multicast || section_->port_count != 1) {
            fault_ = section_->multicast ? Fault::kMulticast : Fault::kPortCount;
            return;
        }
        const PortText port(anchor()->rtp.value);
        writer_.patched(line_.whole, {{media->port_text, port.view()}});
    }

    void on_attribute() noexcept {
        const Attribute attribute = parse_attribute(line_.value);
        if (!edits_here()) {
            copy();
        } else if (equal_ignoring_case(attribute.name, "rtcp")) {
            on_rtcp(attribute.value);
        } else if (!is_stripped(attribute)) {
            copy();
        }
    }

    /// F2: the form used is kept. At session level, where it means nothing, only an address in it
    /// is replaced.
    void on_rtcp(std::string_view value) noexcept {
        has_rtcp_ = true;
        const auto rtcp = parse_rtcp(value);
        if (!rtcp) {
            return;  // session level only, see the parser: nothing to keep in it
        }
        open_end_ = line_.end.empty();
        const Anchor* const ours = anchor();
        const bool relayed = ours != nullptr && section_->rtp;
        const PortText port(relayed ? ours->rtcp.value : rtcp->port.value);
        if (rtcp->address.empty()) {
            writer_.patched(line_.whole, {{rtcp->port_text, port.view()}});
        } else if (says_the_same(rtcp->ip)) {
            writer_.patched(line_.whole, {{rtcp->port_text, port.view()}});
        } else {
            writer_.patched(line_.whole, {{rtcp->port_text, port.view()},
                                          {rtcp->addrtype, own_addrtype()},
                                          {rtcp->address, address_for(rtcp->ip)}});
        }
    }

    /// F4: what is not anchored keeps the address it had, below m= and i= (RFC 8866 s.5).
    void insert_inherited_connection() noexcept {
        if (inherits_) {
            inherits_ = false;
            insert({"c=", session_.connection()});
        }
    }

    void complete_section() noexcept {
        insert_inherited_connection();
        if (!open_ || fault_) {
            return;
        }
        open_ = false;
        const Anchor* const ours = anchor();
        if (ours == nullptr) {
            return;
        }
        const bool next_port = ours->rtcp.value == ours->rtp.value + 1;
        const bool multiplexed = section_->rtcp_mux && ours->rtcp == ours->rtp;
        if (section_->rtp && !has_rtcp_ && !next_port && !multiplexed) {
            insert({"a=rtcp:", PortText(ours->rtcp.value).view()});
        }
        // E11: "::" is no known way to say hold, so the direction says it.
        const bool held = section_->address.is_v4() && section_->address.is_unspecified();
        if (held && plan_.address.is_v6() && !section_->own_direction &&
            !session_.own_direction()) {
            insert({"a=inactive"});
        }
    }

    /// E6: the version rises by one when anything else differs from the last SDP of the dialog.
    void settle_version() noexcept {
        if (version_at_ == 0 || writer_.overflow()) {
            return;
        }
        const std::size_t length = plan_.origin->version().size();
        const std::string_view text = writer_.written();
        if (digest_without(text, {text.data() + version_at_, length}) != plan_.origin->digest()) {
            writer_.replace(version_at_, length, plan_.origin->next_version().view());
        }
    }

    const Session& session_;
    const Rewrite& plan_;
    Writer writer_;
    std::string address_;  // IPv4 text fits without allocation
    bool touches_session_;
    Line line_;
    std::optional<Fault> fault_;
    std::size_t version_at_{0};  // of the version of a continued o= in the output; 0: none
    bool session_connection_edited_{false};
    bool open_end_{false};  // the last line written has no line end
    // Of the section being written:
    const MediaSection* section_{nullptr};
    std::size_t index_{0};
    bool open_{false};
    bool inherits_{false};  // still to be given the session's c= (F4)
    bool has_rtcp_{false};
};

}  // namespace

Result<std::string_view, Fault> rewrite(const Session& session, const Rewrite& plan,
                                        std::span<char> out) noexcept {
    return Rewriter(session, plan, out).run();
}

}  // namespace sallyport::sdp
