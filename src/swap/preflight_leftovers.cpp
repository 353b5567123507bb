#include <fmt/format.h>

#include "swap/preflight_parts.hpp"

namespace tripmig::swap {

void look_at_leftovers(const db::TableInfo& table, const Facts& facts, const config::PartitionPolicy& policy,
                       Report& report) {
    if (!wants_registry(table, policy))
        return;
    for (const LeftoverFunction& function : facts.leftovers) {
        const std::string subject = fmt::format("function {}", function.signature);
        if (function.is_orphaned)
            report.note(subject, "is left of the registry of a table that was dropped: it is replaced");
        else
            report.refuse(subject, "has the name that a function of the registry gets",
                          fmt::format("rename or drop it: ALTER FUNCTION {} RENAME TO ...", function.signature));
    }
}

}  // namespace tripmig::swap
