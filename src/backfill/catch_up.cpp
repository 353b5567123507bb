#include "backfill/catch_up.hpp"

#include <fmt/format.h>

#include <set>

#include "backfill/keys.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

using ddl::statement;

namespace {

/// A scan of so many bytes takes a few milliseconds.
constexpr std::int64_t large_log = 8LL << 20;

std::string columns_of(const Projection& projection, std::string_view of) {
    std::string text;
    for (const std::string& column : projection.columns)
        text += fmt::format("{}{}.{}", text.empty() ? "" : ", ", of, sql::quote_ident(column));
    return text;
}

/// `touched`: a relation of distinct keys. All goes before anything comes: several sources may have one target.
std::vector<Step> replace_rows(const Transfer& transfer, const std::string& touched) {
    std::vector<Step> deleted;
    std::vector<Step> inserted;
    std::set<QualifiedName> targets;
    for (const Projection& projection : transfer.projections) {
        if (targets.insert(projection.target).second)
            deleted.push_back(statement(
                fmt::format("DELETE FROM {} AS copied USING {} AS touched WHERE {}", sql::quoted(projection.target),
                            touched, is_named_by(projection.key, "copied", "touched")),
                "the target's rows for the keys in the log"));
        inserted.push_back(statement(
            fmt::format("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE SELECT {} FROM {} AS touched JOIN {}{} AS now ON "
                        "{}",
                        sql::quoted(projection.target), ddl::column_list(projection.columns),
                        columns_of(projection, "now"), touched, projection.source_has_leaves ? "" : "ONLY ",
                        sql::quoted(projection.source), is_named_by(projection.key, "now", "touched")),
            "their rows as they are now"));
    }
    ddl::append(deleted, std::move(inserted));
    return deleted;
}

}  // namespace

std::vector<Step> last_catch_up(const Transfer& transfer) {
    const std::string touched =
        fmt::format("(SELECT DISTINCT {} FROM {} WHERE NOT truncated)", ddl::column_list(transfer.capture.key_names()),
                    sql::quoted(transfer.capture.log));
    std::vector<Step> steps;
    // A handful of keys: index look-ups, whatever the planner believes about a log that it never saw.
    for (const std::string_view setting : {"enable_hashjoin", "enable_mergejoin"})
        steps.push_back(statement(fmt::format("SET LOCAL {} = off", setting), "no scan under the lock"));
    ddl::append(steps, replace_rows(transfer, touched));
    steps.push_back(statement(fmt::format("DELETE FROM {} WHERE NOT truncated", sql::quoted(transfer.capture.log)),
                              "these are done; a mark of TRUNCATE stays until the load begins again"));
    return steps;
}

Unit catch_up_round(const Transfer& transfer, std::int64_t limit) {
    const std::string keys = ddl::column_list(transfer.capture.key_names());
    const std::string log = sql::quoted(transfer.capture.log);
    const std::string touched = sql::quoted(transfer.touched);
    Unit unit;
    unit.name = fmt::format("catch up {}", sql::quoted(transfer.projections.front().target));
    unit.steps.push_back(statement("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
                                   "log and rows from one snapshot; later changes are for the next round"));
    unit.steps.push_back(statement(fmt::format("DELETE FROM {}", touched), "of the last round"));
    unit.steps.push_back(statement(
        fmt::format("WITH taken AS (DELETE FROM {0} WHERE ctid = ANY (ARRAY(SELECT ctid FROM {0} WHERE NOT truncated "
                    "LIMIT {1})) RETURNING {2}) INSERT INTO {3} SELECT DISTINCT {2} FROM taken",
                    log, limit, keys, touched),
        "the keys of this round"));
    unit.steps.push_back(
        statement(fmt::format("ANALYZE {}", touched), "so that the planner knows how many keys there are"));
    ddl::append(unit.steps, replace_rows(transfer, touched));
    return unit;
}

std::string log_size_sql(const Transfer& transfer) {
    return fmt::format("SELECT pg_catalog.pg_relation_size({}::pg_catalog.regclass)",
                       sql::quote_literal(sql::quoted(transfer.capture.log)));
}

Unit vacuum_log(const Transfer& transfer, std::int64_t log_bytes) {
    Unit unit = ddl::alone(
        fmt::format("vacuum {}", sql::quoted(transfer.capture.log)),
        statement(
            fmt::format("VACUUM (ANALYZE, TRUNCATE {}) {}", log_bytes >= large_log, sql::quoted(transfer.capture.log)),
            "each round scans the log, dead entries too", {{transfer.capture.log, LockMode::share_update_exclusive}}));
    unit.steps.push_back(statement(fmt::format("VACUUM {}", sql::quoted(transfer.touched)), "the same",
                                   {{transfer.touched, LockMode::share_update_exclusive}}));
    return unit;
}

}  // namespace tripmig::backfill
