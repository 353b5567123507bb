#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "base/duration.hpp"
#include "ddl/index_definition.hpp"
#include "job/finding.hpp"
#include "job/source/replica_identity.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/environment.hpp"

namespace tripmig::swap {

namespace {

void look_at_sessions(const Environment& around, const config::SwapConfig& config, bool is_copy, job::Report& report) {
    if (!around.may_make_state)
        report.refuse("state schema", "the role can neither use nor create it",
                      "let the database's owner create it for this role (its name is `schema` in [state])",
                      ExitCode::no_privilege);
    if (!around.blockers.empty())
        report.note("old transactions", fmt::format("the cut-over is not tried while these are open: {}",
                                                    fmt::join(around.blockers, "; ")));
    if (!around.followers.empty())
        report.note("replicas",
                    fmt::format("{}: the swap pauses while one of them is more than {} behind{}",
                                fmt::join(around.followers, "; "), tripmig::to_string(config.max_replica_lag),
                                is_copy ? "; the cut-over cannot wait for snapshots on them" : ""));
    if (!around.idle_slots.empty())
        report.note("replication slots", fmt::format("nobody reads from {}: the server retains all WAL for it",
                                                     fmt::join(around.idle_slots, "; ")));
    if (!around.sees_all_statistics)
        report.note("role",
                    "without pg_read_all_stats the age of other roles' transactions and the lag of replicas are not "
                    "visible; an unknown age counts as old");
}

void look_at_event_triggers(const Environment& around, job::Report& report) {
    for (const db::EventTrigger& trigger : around.event_triggers)
        report.note(
            fmt::format("event trigger {}", sql::quote_ident(trigger.name)),
            fmt::format(
                "{} runs at {} of {}: the swap sets the owner, row security, grants and triggers of the new table "
                "after it. The step is rolled back if they still differ, or if the trigger raises an error",
                sql::quoted(trigger.function), trigger.event, trigger.tags.empty() ? "every command" : trigger.tags));
}

/// Whoever reads the changes has the replica identity as the key of each UPDATE and DELETE.
void look_at_message_key(const db::TableInfo& table, const Environment& around, const std::string& key,
                         job::Report& report) {
    const job::IdentityColumns columns = job::identity_columns(table, key);
    std::vector<std::string> consumers;
    for (const db::PublicationInfo& publication : table.publications)
        consumers.push_back(fmt::format("publication {}", sql::quote_ident(publication.name)));
    for (const std::string& slot : around.logical_slots)
        consumers.push_back(fmt::format("slot {}", slot));
    if (!columns.changes() || consumers.empty())
        return;
    report.note(
        "replica identity",
        fmt::format(
            "its columns change from ({}) to ({}): logical consumers get another key with UPDATE and DELETE: {}",
            ddl::column_list(columns.before), ddl::column_list(columns.after), fmt::join(consumers, ", ")));
}

/// A look-up that asks every leaf locks each, and each one's indexes.
void look_at_lock_table(const db::TableInfo& table, const Environment& around, std::size_t leaves,
                        job::Report& report) {
    const auto each = static_cast<std::int64_t>((leaves + 1) * (1 + table.indexes.size()));
    const std::int64_t sessions = around.max_connections + around.max_prepared_transactions;
    const std::string subject = "max_locks_per_transaction";
    const std::string need =
        fmt::format("{}, each with {}: a look-up in all of them takes {}", counted(leaves, "partition"),
                    counted(table.indexes.size(), "index", "indexes"), counted(each, "lock"));
    if (each <= around.max_locks_per_transaction)
        report.ok(subject, fmt::format("{}; the setting is {}", need, around.max_locks_per_transaction));
    else
        report.note(subject,
                    fmt::format("{}; the setting is {}, for each of {} sessions. If {} of them did that at once, the "
                                "lock table would be full (SQLSTATE 53200); {} is enough",
                                need, around.max_locks_per_transaction, sessions,
                                around.max_locks_per_transaction * sessions / each + 1, (each + 63) / 64 * 64));
}

void look_at_size(const db::TableInfo& table, const Environment& around, const config::SwapConfig& config, bool is_copy,
                  job::Report& report) {
    const Estimate need = estimate(table, around, is_copy);
    if (!need.index_seconds || !need.disk_bytes) {
        report.note("time and disk",
                    "not estimated: no sample could be taken (no right to create temporary tables, or an index that "
                    "cannot be built on one)");
        return;
    }
    const std::string source = fmt::format("measured on {} of {}", need.sampled_blocks, counted(need.blocks, "block"));
    const std::string disk = bytes_text(*need.disk_bytes);
    const std::string now = bytes_text(need.database_bytes);
    if (need.load_seconds) {
        report.note("time", fmt::format("about {:.0f} s to load and {:.0f} s to index with one worker, {}; plus "
                                        "writing the WAL, the throttle (chunks of {}) and the comparison",
                                        std::ceil(*need.load_seconds), std::ceil(*need.index_seconds), source,
                                        tripmig::to_string(config.chunk_target)));
        report.note("disk",
                    fmt::format("about {} for the copy with its indexes, and as much again for WAL; the "
                                "database has {} now. Check the free disk space yourself: tripmig cannot see it",
                                disk, now));
        return;
    }
    report.note("time", fmt::format("about {:.0f} s for the unique index, {}; plus two scans that block nobody, and "
                                    "the registry if there is one",
                                    std::ceil(*need.index_seconds), source));
    report.note("disk", fmt::format("about {} for the unique index and the registry together; the database has {} now. "
                                    "Check the free disk space yourself: tripmig cannot see it",
                                    disk, now));
}

}  // namespace

Estimate estimate(const db::TableInfo& table, const Environment& around, bool is_copy) {
    Estimate need;
    need.bytes = table.bytes;
    need.blocks = table.pages;
    need.database_bytes = around.database_bytes;
    if (table.pages == 0)
        need.rows = 0;
    else if (table.rows >= 0)
        need.rows = std::llround(table.rows);
    if (!around.sample || around.sample->blocks == 0)
        return need;
    const Sample& sample = *around.sample;
    const double times = static_cast<double>(table.pages) / static_cast<double>(sample.blocks);
    const double index = sample.index_seconds * times;
    const double heap = static_cast<double>(sample.table_bytes) * times;
    const double indexes = static_cast<double>(sample.index_bytes) * times;
    need.sampled_blocks = sample.blocks;
    need.rows = std::llround(static_cast<double>(sample.rows) * times);
    if (is_copy) {
        need.load_seconds = sample.load_seconds * times;
        need.index_seconds = index;
        need.disk_bytes = std::llround(heap + indexes);
    } else {
        need.index_seconds = table.indexes.empty() ? 0 : index / static_cast<double>(table.indexes.size());
        need.disk_bytes = std::llround(indexes);
    }
    return need;
}

std::vector<job::Finding> check_environment(const db::TableInfo& table, const Environment& around,
                                            const config::PartitionPolicy& policy, const config::SwapConfig& config,
                                            std::size_t leaves) {
    std::vector<job::Finding> findings;
    job::Report report(findings);
    const bool is_copy = policy.swap.strategy == config::SwapStrategy::copy;
    look_at_sessions(around, config, is_copy, report);
    look_at_event_triggers(around, report);
    look_at_message_key(table, around, policy.key, report);
    look_at_lock_table(table, around, leaves, report);
    check_statements(table, around, policy, report);
    if (table.pages > 0 && !around.is_refused)
        look_at_size(table, around, config, is_copy, report);
    return findings;
}

}  // namespace tripmig::swap
