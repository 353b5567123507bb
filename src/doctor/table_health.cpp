// The parts of the group `health` that are about tables.
#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "ddl/statement_step.hpp"
#include "doctor/health_checks.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

namespace {

std::string millions(std::int64_t count) {
    return fmt::format("{} million", count / 1'000'000);
}

}  // namespace

void judge_freeze(const FreezeFacts& facts, const Parameters& running, bool is_multixact, Check& check) {
    constexpr double least_warning = 500e6;
    constexpr double critical = 1500e6;
    const double freeze_at =
        parameter_number(running, is_multixact ? "autovacuum_multixact_freeze_max_age" : "autovacuum_freeze_max_age");
    const double warn = std::min(std::max(least_warning, freeze_at * 1.2), critical);
    const char* const what = is_multixact ? "multixact" : "transaction id";
    std::int64_t oldest = 0;
    for (const DatabaseAge& database : facts.databases) {
        const std::int64_t age = is_multixact ? database.multixacts : database.xids;
        oldest = std::max(oldest, age);
        if (static_cast<double>(age) < warn)
            continue;
        check.add(
            static_cast<double>(age) >= critical ? Severity::error : Severity::warning,
            sql::quote_ident(database.database),
            fmt::format("the oldest {} of database {} is {} old; at about 2,100 million the server stops writing", what,
                        sql::quote_ident(database.database), millions(age)),
            fmt::format("VACUUM (FREEZE) its oldest tables{}; first end old transactions, prepared ones and unused "
                        "slots, which hold it back",
                        facts.oldest_tables.empty() ? "" : " (here: " + facts.oldest_tables + ")"));
    }
    check.found = fmt::format("the oldest {} is {} old", what, millions(oldest));
}

void judge_dead_rows(const std::vector<DeadRows>& tables, Check& check) {
    check.found = fmt::format("{} with many dead rows", counted(tables.size(), "table"));
    for (const DeadRows& each : tables) {
        const std::string table = sql::quoted(each.table);
        check.add(Severity::warning, table,
                  fmt::format("{} has {} dead rows beside {} live ones; last vacuum: {}{}", table, each.dead, each.live,
                              each.since_vacuum ? age_text(*each.since_vacuum) + " ago" : "never",
                              each.is_off ? "; autovacuum is off for it" : ""),
                  each.is_off ? fmt::format("ALTER TABLE {} RESET (autovacuum_enabled); VACUUM {}", table, table)
                              : fmt::format("VACUUM {}; when it removes nothing, an old transaction or slot keeps them",
                                            table));
    }
}

void judge_bloat(const std::vector<BloatedTable>& tables, Check& check) {
    check.found = fmt::format("{} less than half full", counted(tables.size(), "table"));
    for (const BloatedTable& each : tables) {
        const std::string table = sql::quoted(each.table);
        check.add(Severity::warning, table,
                  fmt::format("{} takes {}, and its rows need about {}", table, bytes_text(each.bytes),
                              bytes_text(each.needed)),
                  fmt::format("pg_repack, or VACUUM FULL {} in a maintenance window: it locks the table", table));
    }
}

void judge_unanalyzed(const std::vector<UnanalyzedTable>& tables, Check& check) {
    check.found = fmt::format("{} never analyzed", counted(tables.size(), "table"));
    for (const UnanalyzedTable& each : tables) {
        const std::string table = sql::quoted(each.table);
        std::vector<Unit> fix;
        if (each.is_ours)
            fix.push_back(
                ddl::alone("analyze " + table, ddl::statement("ANALYZE " + table, "the planner guesses without it",
                                                              {{each.table, LockMode::share_update_exclusive}})));
        check.add(
            Severity::warning, table,
            fmt::format("{} has about {}, and was never analyzed{}", table, counted(each.rows, "row"),
                        each.is_partitioned ? ": autovacuum analyzes its partitions, never the table itself" : ""),
            "ANALYZE " + table, std::move(fix));
    }
}

}  // namespace tripmig::doctor
