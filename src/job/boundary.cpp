#include "job/boundary.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

ddl::Bound choose_number(ddl::KeyType key, const config::PartitionInterval& interval,
                         const std::optional<ddl::Bound>& newest) {
    ddl::Bounds present = ddl::bounds_containing(key, interval, newest.value_or(ddl::Bound::number(0)));
    const std::int64_t room = std::get<std::int64_t>(interval) / 4;
    if (newest && present.upper.is_finite() && present.upper.number() - newest->number() <= room)
        present = ddl::bounds_after(key, interval, present);
    if (!present.upper.is_finite())
        throw Error(ExitCode::refused,
                    fmt::format("the newest key is {}: no numbers are left for new partitions",
                                newest ? ddl::describe(key, *newest) : std::string("0")),
                    "choose a smaller interval");
    return present.upper;
}

Error too_far_ahead(ddl::KeyType key, const ddl::Bound& newest) {
    const std::string text = ddl::describe(key, newest);
    if (key == ddl::KeyType::uuid)
        return {ExitCode::refused,
                fmt::format("the newest key is {}, whose time as a UUID of version 7 is more than one interval in the "
                            "future",
                            text),
                "only keys of version 7 can be partitioned by time, random ones (version 4) cannot: choose another "
                "key, or correct those rows"};
    return {ExitCode::refused, fmt::format("the newest key is {}, more than one interval in the future", text),
            "attach puts all rows into one partition, which would have to end after that: correct those rows, or use "
            "--strategy copy --outliers default"};
}

}  // namespace

ddl::Bound choose_boundary(ddl::KeyType key, const config::PartitionInterval& interval, Instant now,
                           std::chrono::hours margin, const std::optional<ddl::Bound>& newest) {
    if (ddl::is_number(key))
        return choose_number(key, interval, newest);
    ddl::Bounds present = ddl::bounds_containing(key, interval, ddl::Bound::at(now));
    const ddl::Bound latest = ddl::bounds_after(key, interval, present).upper;
    if (newest && *newest >= latest)
        throw too_far_ahead(key, *newest);
    const chr::seconds left = boundary_margin(interval, margin).to_choose;
    while (present.upper < ddl::Bound::at(now + left) || (newest && *newest >= present.upper))
        present = ddl::bounds_after(key, interval, present);
    return present.upper;
}

BoundaryMargin boundary_margin(const config::PartitionInterval& interval, std::chrono::hours configured) {
    constexpr chr::seconds month = chr::hours(24 * 30);
    chr::seconds length = month;
    if (const auto* calendar = std::get_if<CalendarInterval>(&interval))
        length = calendar->months * month + calendar->days * chr::hours(24) +
                 chr::duration_cast<chr::seconds>(chr::microseconds(calendar->microseconds));
    length = std::clamp(length, chr::seconds(3600), month);
    const chr::seconds in_proportion = length / 30;
    const chr::seconds least = length / 360;  // 10 s of an hour: a clock or two may be behind
    const chr::seconds to_try = std::max(std::min(in_proportion, chr::seconds(configured) / 3), least);
    return {std::max<chr::seconds>(configured, 3 * to_try), to_try};
}

Instant boundary_deadline(const ddl::Bound& cut, const config::PartitionInterval& interval, std::chrono::hours margin) {
    return cut.instant() - boundary_margin(interval, margin).to_try;
}

ddl::Bound latest_number(const ddl::Bound& cut, const config::PartitionInterval& interval) {
    return ddl::Bound::number(cut.number() - std::get<std::int64_t>(interval) / 8);
}

std::string boundary_text(ddl::KeyType key, const ddl::Bound& cut) {
    std::string text = ddl::bound_literal(key, cut);
    if (text.size() >= 2 && text.front() == '\'')
        text = text.substr(1, text.size() - 2);
    return text;
}

ddl::Bound parse_boundary(ddl::KeyType key, const std::string& text) {
    const auto cut = ddl::parse_bound(key, text);
    if (!cut)
        throw Error(ExitCode::unexpected,
                    fmt::format("the job's boundary \"{}\" is not a valid {}", text, ddl::type_name(key)));
    return *cut;
}

}  // namespace tripmig::job
