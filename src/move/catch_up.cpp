#include "move/catch_up.hpp"

#include <fmt/format.h>

#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "move/keys.hpp"
#include "sql/identifier.hpp"

namespace tripmig::move {

using ddl::statement;

std::string equal_keys(const std::vector<std::string>& keys, std::string_view left, std::string_view right) {
    std::string text;
    for (const std::string& key : keys)
        text += fmt::format("{0}{1}.{3} = {2}.{3}", text.empty() ? "" : " AND ", left, right, sql::quote_ident(key));
    return text;
}

namespace {

std::string touched(const Projection& projection, const Capture& capture) {
    return fmt::format("(SELECT DISTINCT {} FROM {})", ddl::column_list(projection.keys), sql::quoted(capture.log));
}

std::string columns_of(const Projection& projection, std::string_view of) {
    std::string text;
    for (const std::string& column : projection.columns)
        text += fmt::format("{}{}.{}", text.empty() ? "" : ", ", of, sql::quote_ident(column));
    return text;
}

}  // namespace

std::vector<Step> catch_up_steps(const Projection& projection, const Capture& capture) {
    const std::string keys = touched(projection, capture);
    std::vector<Step> steps;
    steps.push_back(
        statement(fmt::format("DELETE FROM {} AS copied USING {} AS touched WHERE {}", sql::quoted(projection.target),
                              keys, equal_keys(projection.keys, "copied", "touched")),
                  "what the target has of the keys in the log"));
    steps.push_back(statement(
        fmt::format(
            "INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} AS touched JOIN ONLY {} AS now ON {}",
            sql::quoted(projection.target), ddl::column_list(projection.columns), columns_of(projection, "now"), keys,
            sql::quoted(projection.source), equal_keys(projection.keys, "now", "touched")),
        "their rows as they are now"));
    steps.push_back(statement(fmt::format("DELETE FROM {} WHERE NOT truncated", sql::quoted(capture.log)),
                              "done with these; a mark of TRUNCATE stays until the load has begun anew"));
    return steps;
}

Unit catch_up_round(const Projection& projection, const Capture& capture) {
    Unit unit;
    unit.name = fmt::format("catch up {}", sql::quoted(projection.target));
    unit.steps.push_back(statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                                   "the three statements see one log; what comes meanwhile is the next round's"));
    ddl::append(unit.steps, catch_up_steps(projection, capture));
    return unit;
}

Unit vacuum_log(const Capture& capture) {
    return ddl::alone(
        fmt::format("vacuum {}", sql::quoted(capture.log)),
        statement(fmt::format("VACUUM (ANALYZE) {}", sql::quoted(capture.log)),
                  "each round scans the log, dead entries as well", {{capture.log, LockMode::share_update_exclusive}}));
}

}  // namespace tripmig::move
