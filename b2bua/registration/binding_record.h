// SPDX-License-Identifier: Apache-2.0
// A binding as octets that outlive the process (H21). The run that reads them may have another
// configuration than the run that wrote them, so that realms stand by their names, and another
// monotonic clock, so that moments stand in the time of the store. A field may be added under a
// tag of its own; one whose meaning changes gets a new tag. Pure; takes any octets.
#pragma once

#include "b2bua/registration/binding.h"
#include "config/config.h"
#include "config/types/result.h"
#include "config/types/units.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sallyport::registration {

/// Time that goes on from one run to the next, whatever becomes of the wall clock within a run:
/// the monotonic clock, and so much more.
struct StoreTime {
    Millis ahead{0};
    [[nodiscard]] Millis of(Moment moment) const noexcept { return moment.since_start + ahead; }
    [[nodiscard]] Moment moment(Millis stored) const noexcept { return {stored - ahead}; }
};

enum class RecordFault : std::uint8_t {
    kDamaged,  // not what was written
    kForeign,  // of a realm, listen point or peer that the configuration no longer has
    kExpired,  // for the phone and at the registrar
};

[[nodiscard]] std::string write_record(const Binding& binding, const Config& config,
                                       const StoreTime& time);

/// now: what was over by then is kExpired. A binding that its phone let lapse while the registrar
/// may still send calls to its token is none of these (H6).
[[nodiscard]] Result<Binding, RecordFault> read_record(std::string_view record,
                                                       const Config& config, const StoreTime& time,
                                                       Moment now);

/// Until when it is worth keeping, in the time of the store; nullopt: damaged.
[[nodiscard]] std::optional<Millis> end_of_record(std::string_view record);

}  // namespace sallyport::registration
