#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/report/report.hpp"
#include "base/civil.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::test {

/// What nobody should call a table; some do.
inline const std::string hostile = "x\"><script>alert('1')</script>&amp;\n\x01 \xFF \xE2\x80\xAE";

inline Instant day(const std::string& text) {
    return parse_timestamp(text).value();
}

template <typename Result>
app::Section<Result> found(Result result) {
    return {std::make_shared<const Result>(std::move(result)), std::nullopt};
}

/// A table with that many partitions, a day each, the last three ahead and the first ten past retention.
inline partition::TableStatus daily_table(const QualifiedName& table, std::size_t partitions) {
    partition::TableStatus status;
    status.table = table;
    status.key = ddl::KeyType::timestamptz;
    const Instant today = day("2026-03-01");
    Instant lower = today - std::chrono::days(static_cast<int>(partitions) - 4);
    for (std::size_t i = 0; i < partitions; ++i, lower += std::chrono::days(1)) {
        partition::LeafStatus leaf;
        leaf.leaf = {{table.schema, table.name + "_" + format_date(lower)},
                     {ddl::Bound::at(lower), ddl::Bound::at(lower + std::chrono::days(1))}};
        const bool is_ahead = lower > today;
        leaf.rows = is_ahead ? 0 : static_cast<std::int64_t>(40'000 + 7919 * i % 90'000);
        leaf.bytes = is_ahead ? 16'384 : *leaf.rows * 180;
        if (i < 10)
            status.expired.push_back(leaf.leaf);
        status.leaves.push_back(std::move(leaf));
    }
    status.present = ddl::Bound::at(today + std::chrono::hours(9));
    status.covered_until = ddl::Bound::at(lower);
    status.days_left = 3;
    status.health.premake = status.health.ahead = 3;
    status.health.has_present = true;
    return status;
}

inline app::StatusResult sample_migrations(const std::string& description) {
    app::StatusResult status;
    status.database = "host=db.example port=5432 dbname=shop user=shop_owner";
    status.version = "2";
    status.pending = 1;
    app::MigrationStatus applied{"2", description, "applied", "V2__more.sql", day("2026-02-28 03:00:07"), 1234, {}, {}};
    applied.locks = db::MigrationLocks{87, {{"public." + description, "AccessExclusiveLock"}}};
    status.migrations.push_back({"1", "create orders", "applied", "V1__a.sql", day("2026-01-05 10:00:00"), 41, {}, {}});
    status.migrations.push_back(std::move(applied));
    status.migrations.push_back({"3", "add a column", "pending", "V3__c.sql", {}, {}, {}, {}});
    return status;
}

inline app::JobStatus open_job(const QualifiedName& table) {
    app::JobStatus job;
    job::State state;
    state.job = 7;
    state.table = table;
    state.stage = job::Stage::capturing;
    state.key = "at";
    state.key_type = "timestamp with time zone";
    state.interval = "1 month";
    job::CopyJob copy;
    copy.blocks = 20'000;
    state.kind = copy;
    job.status.table = table;
    job.status.state = state;
    job.status.is_open = true;
    job.status.progress.blocks_done = 7'500;
    job.status.progress.blocks_a_second = 2'500;
    job.status.progress.backlog = 1'234;
    job.status.progress.worker = "tripmig swap (pid 4711)";
    job.status.progress.hold_kind = "replica_lag";
    job.status.progress.hold_reason = "replica " + table.name + " is 12 s behind";
    job.status.progress.hold_since = "2026-03-01 08:59:00";
    job.stage = "capturing";
    job.begun_at = "2026-03-01 08:00:00";
    job.moved_at = "2026-03-01 08:58:00";
    return job;
}

inline app::JobStatus finished_job(const QualifiedName& table) {
    app::JobStatus job = open_job(table);
    job.status.is_open = false;
    job.status.progress = {};
    job.status.state->stage = job::Stage::finished;
    job.status.state->measured = {3, 41'200, 18'700, "2026-02-11 03:00:00"};
    job.stage = "finished";
    job.ended_at = "2026-02-12 03:00:00";
    return job;
}

inline app::DoctorResult sample_findings(const std::string& object) {
    app::DoctorResult result;
    result.server = "PostgreSQL 15.4";
    doctor::Check age{"health.xid_age"};
    age.add(doctor::Severity::error, object, "the oldest transaction id of " + object + " is 1.9 billion old",
            "VACUUM (FREEZE, VERBOSE) " + object);
    doctor::Check index{"schema.invalid_indexes"};
    index.add(doctor::Severity::warning, object, "an index of " + object + " is invalid",
              "REINDEX INDEX CONCURRENTLY i");
    doctor::Check slots{"health.slots"};
    slots.add(doctor::Severity::note, "", "there is no slot", "");
    result.checks = {age, index, slots};
    return result;
}

/// Every section, with that name wherever a name of the database can stand, and a table with that many partitions.
inline app::Report sample_report(const std::string& name, std::size_t partitions) {
    app::Report report;
    report.at = report.findings_at = day("2026-03-01 09:00:00");
    report.database = "host=db.example port=5432 dbname=shop user=shop_owner";
    report.migrations = found(sample_migrations(name));
    app::PartitionStatus status;
    status.result.now = report.at;
    status.result.tables.push_back(daily_table({"public", name}, partitions));
    partition::TableStatus& small = status.result.tables.emplace_back(daily_table({"public", "events"}, 20));
    small.default_partition = partition::LeafStatus{};
    small.default_partition->leaf.name = {"public", "events_default"};
    small.default_partition->rows = 17;
    small.default_partition->bytes = 8192;
    small.misplaced = partition::DefaultRows{17, true};
    small.health.default_rows = 17;
    small.gaps.push_back({ddl::Bound::at(day("2026-02-01")), ddl::Bound::at(day("2026-02-02"))});
    small.health.gaps = 1;
    report.partitions = found(std::move(status));
    report.jobs = found(std::vector<app::JobStatus>{open_job({"public", name}), finished_job({"public", "trips"})});
    report.findings = found(sample_findings(name));
    return report;
}

}  // namespace tripmig::test
