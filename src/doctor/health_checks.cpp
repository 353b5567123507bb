#include "doctor/health_checks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

std::string age_text(double seconds) {
    if (seconds < 120)
        return fmt::format("{:.0f} s", seconds);
    if (seconds < 7200)
        return fmt::format("{:.0f} min", seconds / 60);
    return seconds < 172800 ? fmt::format("{:.0f} h", seconds / 3600) : fmt::format("{:.0f} days", seconds / 86400);
}

void judge_transactions(const std::vector<OpenTransaction>& transactions, Check& check) {
    constexpr double an_hour = 3600;
    check.found = fmt::format("{} older than 5 min", counted(transactions.size(), "transaction"));
    for (const OpenTransaction& each : transactions) {
        const Severity severity = each.seconds >= an_hour ? Severity::error : Severity::warning;
        const std::string harm = "VACUUM removes nothing that is younger, and DDL waits for its locks";
        if (each.is_prepared)
            check.add(severity, each.id,
                      fmt::format("the prepared transaction {} waits for its end for {}: {}", each.who,
                                  age_text(each.seconds), harm),
                      fmt::format("ROLLBACK PREPARED {}; or COMMIT PREPARED, in its database: its transaction manager "
                                  "knows which",
                                  sql::quote_literal(each.id)));
        else
            check.add(severity, "pid " + each.id,
                      fmt::format("a transaction is open for {} ({}{}): {}", age_text(each.seconds), each.who,
                                  each.state.empty() ? "" : ", " + each.state, harm),
                      fmt::format("SELECT pg_terminate_backend({}); against the next one: "
                                  "idle_in_transaction_session_timeout",
                                  each.id));
    }
}

void judge_waiting(const std::vector<WaitingSession>& sessions, Check& check) {
    constexpr double a_minute = 60;
    check.found = fmt::format("{} wait for a lock for more than {} s", counted(sessions.size(), "session"), long_wait);
    for (const WaitingSession& each : sessions) {
        const std::string first = each.blockers.substr(0, each.blockers.find(" ("));
        check.add(each.seconds >= a_minute ? Severity::error : Severity::warning, each.what,
                  fmt::format("pid {} waits for {} to lock {} ({}), for {}", each.pid, age_text(each.seconds),
                              each.what, each.mode, each.blockers.empty() ? "another session" : each.blockers),
                  each.blockers.empty() ? "SELECT pg_blocking_pids(" + std::to_string(each.pid) + ")"
                                        : fmt::format("SELECT pg_terminate_backend({}), when its work may be lost",
                                                      first.substr(first.find(' ') + 1)));
    }
}

Check check_replication(const HealthFacts& facts, std::chrono::milliseconds most) {
    constexpr std::string_view code = "health.replication_lag";
    const double limit = static_cast<double>(most.count()) / 1000;
    if (!facts.own_lag.facts)
        return not_seen(code, facts.own_lag.why_not, facts.own_lag.remedy);
    return check_seen(code, facts.replicas, [&](const std::vector<Replica>& replicas, Check& check) {
        check.found = counted(replicas.size(), "replica");
        const std::string remedy = "look at the replica: its disk, its network, queries that hold its replay up";
        if (const auto own = *facts.own_lag.facts; own && *own > limit)
            check.add(Severity::warning, "", fmt::format("this standby is {} behind", age_text(*own)), remedy);
        for (const Replica& replica : replicas)
            if (replica.lag_seconds.value_or(0) > limit)
                check.add(Severity::warning, replica.name,
                          fmt::format("replica {} is {} behind{} ({})", replica.name, age_text(*replica.lag_seconds),
                                      replica.lag_bytes ? ", " + bytes_text(*replica.lag_bytes) + " of WAL" : "",
                                      replica.state),
                          remedy);
    });
}

void judge_slots(const std::vector<Slot>& slots, Check& check) {
    constexpr std::int64_t little = 64LL << 20U;
    check.found = counted(slots.size(), "slot");
    for (const Slot& slot : slots) {
        const std::string drop =
            fmt::format("SELECT pg_drop_replication_slot({}), once nobody needs it", sql::quote_literal(slot.name));
        const std::string kept = bytes_text(slot.kept.value_or(0));
        if (slot.wal_status == "lost" || slot.wal_status == "unreserved")
            check.add(Severity::error, slot.name,
                      fmt::format("replication slot {} is {}: its reader missed WAL, or is about to", slot.name,
                                  slot.wal_status),
                      drop + "; its replica or subscriber has to be made again");
        else if (!slot.is_active && slot.kept.value_or(0) > little)
            check.add(Severity::warning, slot.name,
                      fmt::format("nobody reads replication slot {}, and it keeps {} of WAL", slot.name, kept), drop);
    }
}

Check check_connections(const HealthFacts& facts) {
    constexpr std::string_view code = "health.connections";
    if (!facts.parameters.facts)
        return not_seen(code, facts.parameters.why_not, facts.parameters.remedy);
    return check_seen(code, facts.activity, [&](const Activity& activity, Check& check) {
        const Parameters& running = *facts.parameters.facts;
        const double all = parameter_number(running, "max_connections") -
                           parameter_number(running, "superuser_reserved_connections") -
                           parameter_number(running, "reserved_connections");
        const double share = static_cast<double>(activity.connections) / std::max(all, 1.0);
        check.found = fmt::format("{} of {:.0f} in use", activity.connections, all);
        if (share >= 0.8)
            check.add(
                share >= 0.95 ? Severity::error : Severity::warning, "",
                fmt::format("{} of {:.0f} connections are in use ({:.0f} %)", activity.connections, all, share * 100),
                "smaller pools in the service, a pooler, or a larger max_connections (a restart); SELECT usename, "
                "application_name, state, count(*) FROM pg_stat_activity GROUP BY 1, 2, 3 shows whose");
    });
}

void judge_cache(const Activity& activity, Check& check) {
    constexpr std::int64_t enough = 100'000;
    const std::int64_t all = activity.hits + activity.reads;
    if (activity.reads < enough) {
        check.found = fmt::format("{} read, too few to judge", counted(activity.reads, "block"));
        return;
    }
    const double ratio = static_cast<double>(activity.hits) / static_cast<double>(all);
    check.found = fmt::format("{:.1f} % of blocks were in shared_buffers", ratio * 100);
    if (ratio < 0.9)
        check.add(Severity::note, "",
                  fmt::format("of {} blocks only {:.1f} % were found in shared_buffers", all, ratio * 100),
                  "see which statements read most (group `queries`), then shared_buffers");
}

namespace {

/// From less than a day nobody can tell how it goes on.
std::optional<double> growth_a_day(const std::optional<db::Growth>& growth) {
    constexpr double day = 86400;
    if (!growth || static_cast<double>(growth->seconds) < day)
        return std::nullopt;
    return static_cast<double>(growth->bytes) * day / static_cast<double>(growth->seconds);
}

void judge_growth(double a_day, double free, Check& check) {
    constexpr double soon = 30;
    constexpr double very_soon = 7;
    if (a_day <= 0)
        return;
    check.found += fmt::format(", this database grows by {} a day", bytes_text(static_cast<std::int64_t>(a_day)));
    const double days = std::max(free, 0.0) / a_day;
    if (days < soon)
        check.add(days < very_soon ? Severity::error : Severity::warning, "",
                  fmt::format("the disk is full in {:.0f} days, as this database grew by {} a day until now", days,
                              bytes_text(static_cast<std::int64_t>(a_day))),
                  "a larger disk; archive and drop detached partitions: `tripmig partition status` has their sizes");
}

}  // namespace

void judge_disk(const Sizes& sizes, std::int64_t disk, const std::optional<db::Growth>& growth, Check& check) {
    check.found = fmt::format("databases take {}", bytes_text(sizes.bytes));
    if (sizes.hidden > 0)
        check.found += fmt::format(", without {} that this role can't see", counted(sizes.hidden, "database"));
    if (disk == 0) {
        check.found += "; `disk_size` is not stated in [doctor]";
        return;
    }
    const double share = static_cast<double>(sizes.bytes) / static_cast<double>(disk);
    check.found += fmt::format(" of {} ({:.0f} %)", bytes_text(disk), share * 100);
    if (share >= 0.8)
        check.add(share >= 0.9 ? Severity::error : Severity::warning, "",
                  fmt::format("databases take {} of the disk's {} ({:.0f} %); WAL and temporary files come on top",
                              bytes_text(sizes.bytes), bytes_text(disk), share * 100),
                  "a larger disk; archive and drop detached partitions: `tripmig partition status` has their sizes");
    if (const auto a_day = growth_a_day(growth))
        judge_growth(*a_day, static_cast<double>(disk - sizes.bytes), check);
}

Check check_archiving(const HealthFacts& facts) {
    constexpr std::string_view code = "health.wal_archiving";
    if (!facts.parameters.facts)
        return not_seen(code, facts.parameters.why_not, facts.parameters.remedy);
    return check_seen(code, facts.archiver, [&](const Archiver& archiver, Check& check) {
        const auto mode = facts.parameters.facts->find("archive_mode");
        if (mode == facts.parameters.facts->end() || mode->second.setting == "off") {
            check.found = "off; a managed service may archive in its own way";
            return;
        }
        check.found = archiver.since_archived ? fmt::format("last one {} ago", age_text(*archiver.since_archived))
                                              : std::string("nothing was archived yet");
        const bool failed_last =
            archiver.since_failed && (!archiver.since_archived || *archiver.since_failed < *archiver.since_archived);
        if (failed_last)
            check.add(
                Severity::error, archiver.failed_wal,
                fmt::format("archiving of {} failed {} ago, and nothing was archived since ({} in all): no "
                            "point-in-time recovery beyond it, and WAL fills the disk",
                            archiver.failed_wal, age_text(*archiver.since_failed), counted(archiver.failed, "failure")),
                "the server's log has what archive_command or archive_library said");
    });
}

namespace {

void judge_backup_age(double age, double most, const std::string& what, Check& check) {
    check.found = fmt::format("{} is {} old", what, age_text(age));
    if (age > most)
        check.add(Severity::error, "", fmt::format("{} is {} old, and may be {}", what, age_text(age), age_text(most)),
                  "look at the backup job, and make one now");
}

}  // namespace

Check check_backup(const HealthFacts& facts, const config::DoctorConfig& expected) {
    Check check{"health.backup"};
    if (expected.backup_age.count() == 0) {
        check.found = "`backup_age` is not stated in [doctor]";
        return check;
    }
    const double most = static_cast<double>(expected.backup_age.count()) / 1000;
    if (!expected.backup_file.empty()) {
        if (facts.backup_file_age)
            judge_backup_age(*facts.backup_file_age, most, "the newest backup (" + expected.backup_file.string() + ")",
                             check);
        else
            check.add(Severity::error, expected.backup_file.string(),
                      fmt::format("there is no {}: no backup has succeeded here", expected.backup_file.string()),
                      "look at the backup job, and at `backup_file` in [doctor]");
        return check;
    }
    if (facts.archiver.facts && facts.archiver.facts->since_archived)
        judge_backup_age(*facts.archiver.facts->since_archived, most, "the newest archived WAL", check);
    else
        check.add(
            Severity::warning, "", "nothing here tells how old the newest backup is",
            "let the backup job write `backup_file` of [doctor]; of a managed service ask the provider (az postgres "
            "flexible-server backup list)");
    return check;
}

std::vector<Check> check_health(const HealthFacts& facts, const config::DoctorConfig& expected,
                                std::chrono::milliseconds max_replica_lag) {
    const auto freeze = [&](std::string_view code, bool is_multixact) {
        return check_seen(code, facts.freeze, [&](const FreezeFacts& ages, Check& check) {
            judge_freeze(ages, facts.parameters.facts.value_or(Parameters{}), is_multixact, check);
        });
    };
    return {
        freeze("health.xid_age", false),
        freeze("health.multixact_age", true),
        check_seen("health.dead_rows", facts.dead_rows, judge_dead_rows),
        check_seen("health.bloat", facts.bloat, judge_bloat),
        check_seen("health.never_analyzed", facts.unanalyzed, judge_unanalyzed),
        check_seen("health.long_transactions", facts.transactions, judge_transactions),
        check_seen("health.blocked", facts.waiting, judge_waiting),
        check_replication(facts, max_replica_lag),
        check_seen("health.slots", facts.slots, judge_slots),
        check_connections(facts),
        check_seen("health.cache_hit", facts.activity, judge_cache),
        check_seen(
            "health.disk", facts.sizes,
            [&](const Sizes& sizes, Check& check) { judge_disk(sizes, expected.disk_size, facts.growth, check); }),
        check_archiving(facts),
        check_backup(facts, expected),
    };
}

}  // namespace tripmig::doctor
