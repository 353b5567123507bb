#include "swap/cut.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace tripmig::swap {

namespace {

ddl::Bound choose_number(ddl::KeyType key, const config::PartitionInterval& interval,
                         const std::optional<ddl::Bound>& newest) {
    ddl::Bounds present = ddl::bounds_containing(key, interval, newest.value_or(ddl::Bound::number(0)));
    const std::int64_t room = std::get<std::int64_t>(interval) / 4;
    if (newest && present.upper.is_finite() && present.upper.number() - newest->number() <= room)
        present = ddl::bounds_after(key, interval, present);
    if (!present.upper.is_finite())
        throw Error(ExitCode::refused,
                    fmt::format("the newest key is {}: no number is left for leaves to come",
                                newest ? ddl::describe(key, *newest) : std::string("0")),
                    "choose a smaller interval");
    return present.upper;
}

}  // namespace

ddl::Bound choose_cut(ddl::KeyType key, const config::PartitionInterval& interval, Instant now,
                      std::chrono::hours margin, const std::optional<ddl::Bound>& newest) {
    if (ddl::is_number(key))
        return choose_number(key, interval, newest);
    ddl::Bounds present = ddl::bounds_containing(key, interval, ddl::Bound::at(now));
    const ddl::Bound latest = ddl::bounds_after(key, interval, present).upper;
    if (newest && *newest >= latest)
        throw Error(
            ExitCode::refused,
            fmt::format("the newest key is {}, more than one interval ahead of now", ddl::describe(key, *newest)),
            "attach keeps all rows before one cut, which would lie years ahead: correct those rows, or use "
            "--strategy copy");
    while (present.upper < ddl::Bound::at(now + margin) || (newest && *newest >= present.upper))
        present = ddl::bounds_after(key, interval, present);
    return present.upper;
}

Instant cut_deadline(const ddl::Bound& cut) {
    return cut.instant() - std::chrono::hours(24);
}

ddl::Bound latest_number(const ddl::Bound& cut, const config::PartitionInterval& interval) {
    return ddl::Bound::number(cut.number() - std::get<std::int64_t>(interval) / 8);
}

std::string cut_text(ddl::KeyType key, const ddl::Bound& cut) {
    std::string text = ddl::bound_literal(key, cut);
    if (text.size() >= 2 && text.front() == '\'')
        text = text.substr(1, text.size() - 2);
    return text;
}

ddl::Bound parse_cut(ddl::KeyType key, const std::string& text) {
    const auto cut = ddl::parse_bound(key, text);
    if (!cut)
        throw Error(ExitCode::unexpected, fmt::format("the job's cut \"{}\" is no {}", text, ddl::type_name(key)));
    return *cut;
}

}  // namespace tripmig::swap
