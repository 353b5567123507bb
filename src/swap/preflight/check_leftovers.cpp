#include <fmt/format.h>

#include "job/finding.hpp"
#include "job/source/table_facts.hpp"
#include "swap/preflight/checks.hpp"

namespace tripmig::swap {

void check_leftovers(const db::TableInfo& table, const job::Facts& facts, const config::PartitionPolicy& policy,
                     job::Report& report) {
    if (!wants_registry(table, policy))
        return;
    for (const job::LeftoverFunction& function : facts.leftovers) {
        const std::string subject = fmt::format("function {}", function.signature);
        if (function.is_orphaned)
            report.note(subject, "is left over from the registry of a dropped table: it is replaced");
        else
            report.refuse(subject, "has the name of a function of the registry",
                          fmt::format("rename or drop it: ALTER FUNCTION {} RENAME TO ...", function.signature));
    }
}

}  // namespace tripmig::swap
