#include "app/migrate/status.hpp"

#include <algorithm>
#include <utility>

#include "app/migrate/target/target.hpp"
#include "db/run_lock.hpp"

namespace tripmig::app {

namespace {

std::string state_word(const db::AppliedMigration& row, const migrate::Comparison& comparison) {
    for (const migrate::Finding& finding : comparison.findings) {
        if (finding.file != row.file)
            continue;
        switch (finding.kind) {
            case migrate::Finding::Kind::changed_tokens:
                return "changed";
            case migrate::Finding::Kind::missing:
                return "file missing";
            case migrate::Finding::Kind::newer:
                return "newer";
            case migrate::Finding::Kind::changed_text:
            case migrate::Finding::Kind::raw_hash:
            case migrate::Finding::Kind::late:
            case migrate::Finding::Kind::half_way:
                break;
        }
    }
    return row.kind == "baseline" || row.kind == "adopted" ? row.kind : "applied";
}

/// The undo of an applied version that stopped half way.
const migrate::HalfWay* half_undone(const db::AppliedMigration& row, const MigrationTarget& target,
                                    const std::vector<migrate::HalfWay>& half_way) {
    const auto version = migrate::Version::parse(row.version);
    for (const migrate::Migration& undo : target.directory.undo)
        if (version && undo.version == *version)
            return half_way_of(half_way, undo.file);
    return nullptr;
}

std::optional<migrate::HalfWay> copied(const migrate::HalfWay* half_way) {
    return half_way == nullptr ? std::nullopt : std::optional(*half_way);
}

MigrationStatus applied_status(const db::AppliedMigration& row, const MigrationTarget& target,
                               const std::vector<migrate::HalfWay>& half_way) {
    MigrationStatus status;
    status.version = row.kind == "R" ? "R" : row.version;
    status.description = row.description;
    status.file = row.file;
    status.applied_at = row.applied_at;
    status.duration_ms = row.duration_ms;
    status.half_way = copied(half_undone(row, target, half_way));
    status.state = status.half_way ? "undo " + status.half_way->state() : state_word(row, target.comparison);
    return status;
}

MigrationStatus pending_status(const migrate::Migration& file, const std::vector<migrate::HalfWay>& half_way) {
    MigrationStatus status;
    status.version = file.kind == migrate::Kind::repeatable ? "R" : file.version.text();
    status.description = file.description;
    status.file = file.file;
    status.half_way = copied(half_way_of(half_way, file.file));
    status.state = status.half_way ? status.half_way->state() : "pending";
    return status;
}

void add_locks(const Context& context, const MigrationTarget& target, std::vector<MigrationStatus>& applied) {
    auto locks = target.history.has_state ? db::read_locks(*target.connection, context.config.state.schema)
                                          : std::map<std::int64_t, db::MigrationLocks>{};
    for (std::size_t i = 0; i < target.history.applied.size(); ++i)
        applied[i].locks = std::move(locks[target.history.applied[i].id]);
}

/// Who else is at work on this database.
void add_workers(const Context& context, db::Connection& connection, StatusResult& result) {
    const std::string& schema = context.config.state.schema;
    result.running = db::lock_holder(connection, db::lock_key(schema, "run"));
    result.maintaining = db::lock_holder(connection, db::lock_key(schema, "maintain"));
    for (db::AlteringJob& job : db::read_altering_jobs(connection, schema)) {
        std::string worker = db::lock_holder(connection, db::job_lock_key(schema, job.table));
        result.jobs.push_back({std::move(job), std::move(worker)});
    }
}

}  // namespace

bool StatusResult::has_errors() const {
    return std::any_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.is_error; });
}

ExitCode StatusResult::exit_code() const {
    if (has_errors())
        return ExitCode::disagreement;
    return pending == 0 ? ExitCode::ok : ExitCode::pending;
}

StatusResult migration_status(const Context& context, bool with_locks) {
    MigrationTarget target = look_at(context, "status");
    const std::vector<migrate::HalfWay> half_way = find_half_way(context, target);
    StatusResult result;
    result.database = target.connection->description();
    result.directory = target.directory.path;
    result.version = newest_version(target.history);
    result.pending = target.comparison.pending.size();
    for (const db::AppliedMigration& row : target.history.applied)
        result.migrations.push_back(applied_status(row, target, half_way));
    if (with_locks)
        add_locks(context, target, result.migrations);
    for (const migrate::Migration* file : target.comparison.pending)
        result.migrations.push_back(pending_status(*file, half_way));
    result.findings = target.comparison.findings;
    add_workers(context, *target.connection, result);
    return result;
}

}  // namespace tripmig::app
