#include "swap/cut.hpp"

#include <fmt/format.h>

#include "base/error.hpp"

namespace tripmig::swap {

ddl::Bound choose_cut(ddl::KeyType key, const config::PartitionInterval& interval, Instant now,
                      std::chrono::hours margin, const std::optional<ddl::Bound>& newest) {
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
