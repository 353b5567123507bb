#include "migrate/batch_statement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

sql::RangeStatement batched(const sql::ScriptStatement& statement) {
    sql::RangeStatement cut = sql::range_statement(statement.sql, statement.standard_conforming_strings);
    if (!cut.refusal.empty())
        throw Error(ExitCode::usage, fmt::format("this statement can't be run in batches: {}", cut.refusal),
                    "run it whole, without the batch directive, or write it as a plain UPDATE or DELETE of one table")
            .at(position_of(statement));
    const std::string& by = statement.directives->batch->by;
    if (std::find(cut.assigned.begin(), cut.assigned.end(), by) != cut.assigned.end())
        throw Error(
            ExitCode::usage,
            fmt::format(
                "this statement can't be run in batches by {0}: it changes {0}, so a row could be changed twice",
                sql::quote_ident(by)),
            "batch by another column")
            .at(position_of(statement));
    return cut;
}

}  // namespace tripmig::migrate
