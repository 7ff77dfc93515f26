// SPDX-License-Identifier: Apache-2.0
#include "b2bua/explain/capture_reader.h"

#include "b2bua/explain/fragments.h"
#include "b2bua/explain/packet_layers.h"
#include "b2bua/sip/message.h"
#include "b2bua/sip/stun.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <pcap/pcap.h>
#include <utility>

namespace sallyport::explain {
namespace {

/// Frames that are looked at; a file within the limit of its size may hold more empty ones.
constexpr std::uint64_t kMostFrames = 5'000'000;

struct CloseFile {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
};
struct CloseCapture {
    void operator()(pcap_t* capture) const noexcept { pcap_close(capture); }
};
using CaptureHandle = std::unique_ptr<pcap_t, CloseCapture>;

Link link_of(pcap_t* capture) noexcept {
    switch (pcap_datalink(capture)) {
        case DLT_EN10MB:
            return Link::kEthernet;
        case DLT_LINUX_SLL:
            return Link::kCooked;
        case DLT_LINUX_SLL2:
            return Link::kCooked2;
        case DLT_RAW:
        case DLT_IPV4:
        case DLT_IPV6:
            return Link::kRawIp;
        default:
            return Link::kUnknown;
    }
}

/// Takes the file over.
Result<CaptureHandle, std::string> open_capture(std::string_view octets) {
    std::array<char, PCAP_ERRBUF_SIZE> error{};
    // fmemopen() wants a pointer that it may write through; "rb" never does.
    std::unique_ptr<std::FILE, CloseFile> file(
        fmemopen(const_cast<char*>(octets.data()), octets.size(), "rb"));
    if (!file) {
        return Failure{std::string("no memory to read it")};
    }
    CaptureHandle capture(pcap_fopen_offline(file.get(), error.data()));
    if (!capture) {
        return Failure{std::string(error.data())};
    }
    (void)file.release();  // pcap_close() closes it
    return capture;
}

/// Not the first octets of media or of anything else that a SIP port may see.
bool looks_like_sip(std::string_view payload) {
    if (!sip::may_be_sip(payload)) {
        return false;
    }
    const std::string_view line = payload.substr(0, payload.find_first_of("\r\n"));
    return line.starts_with("SIP/") || line.find(" SIP/") != std::string_view::npos;
}

class Reader {
public:
    explicit Reader(Link link) noexcept : link_(link) {}

    /// False: enough.
    bool take(const pcap_pkthdr& header, std::string_view frame) {
        ++frames_;
        Layers layers = peel(link_, frame);
        if (layers.content == Content::kFragment) {
            layers = fragments_.take(layers.fragment);
        }
        const bool cut = layers.content == Content::kCut ||
                         (header.caplen < header.len && layers.content == Content::kOther);
        if (cut) {
            ++cut_;
        } else if (layers.content == Content::kFragment) {
            // Said at the end, if the others never come.
        } else if (layers.content == Content::kTcp) {
            ++tcp_;
        } else if (layers.content != Content::kUdp || !looks_like_sip(layers.payload)) {
            ++others_;
        } else if (capture_.messages.size() == kMostMessages) {
            capture_.notes.push_back("more than " + std::to_string(kMostMessages) +
                                     " SIP messages: the rest was not read");
            return false;
        } else {
            capture_.messages.push_back(
                {std::string(layers.payload), layers.source, layers.destination, frames_});
        }
        return frames_ < kMostFrames;
    }

    Capture finish() {
        note(fragments_.lost(), "not read: fragments without the others of their datagram");
        note(cut_, "not read: cut off by the capture; capture with tcpdump -s 0");
        note(tcp_, "not read: TCP; only SIP over UDP is read from captures");
        note(others_, "without SIP");
        return std::move(capture_);
    }
    void stopped(const std::string& why) {
        capture_.notes.push_back("the file ends in the middle after frame " +
                                 std::to_string(frames_) + ": " + why);
    }

private:
    void note(std::uint64_t count, const std::string& what) {
        if (count != 0) {
            capture_.notes.push_back(std::to_string(count) + (count == 1 ? " frame " : " frames ") +
                                     what);
        }
    }

    Link link_;
    Capture capture_;
    Fragments fragments_;
    std::uint64_t frames_{0}, cut_{0}, tcp_{0}, others_{0};
};

}  // namespace

bool is_capture(std::string_view octets) noexcept {
    // pcap in either byte order, with microseconds or nanoseconds; pcapng (its Section Header
    // Block)
    constexpr std::array<std::string_view, 5> kMagic{"\xd4\xc3\xb2\xa1", "\xa1\xb2\xc3\xd4",
                                                     "\x4d\x3c\xb2\xa1", "\xa1\xb2\x3c\x4d",
                                                     "\x0a\x0d\x0d\x0a"};
    for (const std::string_view magic : kMagic) {
        if (octets.starts_with(magic)) {
            return true;
        }
    }
    return false;
}

Result<Capture, std::string> read_capture(std::string_view octets) {
    const auto capture = open_capture(octets);
    if (!capture.ok()) {
        return Failure{capture.error()};
    }
    const Link link = link_of(capture->get());
    if (link == Link::kUnknown) {
        const char* name = pcap_datalink_val_to_name(pcap_datalink(capture->get()));
        return Failure{"link type " + std::string(name == nullptr ? "unknown" : name)};
    }
    Reader reader(link);
    pcap_pkthdr* header = nullptr;
    const u_char* frame = nullptr;
    int status = 0;
    while ((status = pcap_next_ex(capture->get(), &header, &frame)) == 1) {
        if (!reader.take(*header, {reinterpret_cast<const char*>(frame), header->caplen})) {
            break;
        }
    }
    if (status == PCAP_ERROR) {
        reader.stopped(pcap_geterr(capture->get()));
    }
    return reader.finish();
}

}  // namespace sallyport::explain
