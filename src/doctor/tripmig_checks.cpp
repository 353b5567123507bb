#include "doctor/tripmig_checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/counted.hpp"
#include "db/state/with_state.hpp"
#include "doctor/health_checks.hpp"
#include "doctor/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

std::vector<OpenJob> read_open_jobs(Reader& reader, const std::string& state_schema) {
    std::vector<OpenJob> jobs;
    if (!reader
             .rows("SELECT pg_catalog.to_regclass(pg_catalog.format('%I.jobs', $1::pg_catalog.text)) IS NOT NULL",
                   {state_schema})
             .flag())
        return jobs;
    for (const db::Row& row : reader.rows(db::with_state(statements::open_jobs, state_schema)))
        jobs.push_back({row.name(), row.decimal("idle_seconds")});
    return jobs;
}

namespace {

/// A split, merge or drain: it has neither finish nor revert.
bool is_of_partitions(const JobFacts& job) {
    return job.command.rfind("partition ", 0) == 0;
}

std::string job_remedy(const JobFacts& job) {
    const std::string table = sql::quoted(job.table);
    if (is_of_partitions(job))
        return fmt::format("tripmig {} {} resumes it", job.command, table);
    switch (job.stage) {
        case job::Stage::complete:
            return fmt::format(
                "tripmig swap finish {} closes it, once no revert is needed; tripmig swap revert {} puts the old table "
                "back",
                table, table);
        case job::Stage::cut_over:
            return fmt::format("tripmig swap run {} completes it", table);
        case job::Stage::reverting:
            return fmt::format("tripmig swap revert {} completes it", table);
        default:
            return fmt::format("tripmig swap run {} resumes it; tripmig swap abort {} gives it up", table, table);
    }
}

void judge_jobs(const std::vector<JobFacts>& jobs, Check& check) {
    check.found = counted(jobs.size(), "open job");
    for (const JobFacts& job : jobs) {
        const std::string table = sql::quoted(job.table);
        const std::string what =
            fmt::format("the job on {} ({}) is at stage {}", table, job.command, job::to_string(job.stage));
        if (!job.worker.empty())
            check.add(Severity::note, table,
                      fmt::format("{}; {} works on it{}", what, job.worker, job.is_paused ? ", paused" : ""),
                      fmt::format("tripmig swap {} {}", job.is_paused ? "resume" : "status --watch", table));
        else
            check.add(job.stage == job::Stage::complete ? Severity::note : Severity::warning, table,
                      fmt::format("{}; no process has worked on it for {}{}", what, age_text(job.idle_seconds),
                                  job.is_paused ? ", and it is paused" : ""),
                      job_remedy(job));
    }
}

void judge_triggers(const std::vector<JobFacts>& jobs, Check& check) {
    check.found = fmt::format("of {}", counted(jobs.size(), "open job"));
    for (const JobFacts& job : jobs)
        for (const std::string& change : job.altered)
            check.add(Severity::error, sql::quoted(job.table),
                      fmt::format("the job on {} relies on what somebody altered: {}", sql::quoted(job.table), change),
                      fmt::format("tripmig {} {}: it makes them again where it can, and says what is left", job.command,
                                  sql::quoted(job.table)));
}

void judge_state(const std::optional<Error>& fault, Check& check) {
    check.found = fault ? "can't be trusted" : "nobody else may write it";
    if (fault)
        check.add(
            Severity::error, "",
            fault->detail().empty() ? fault->message() : fmt::format("{} ({})", fault->message(), fault->detail()),
            fault->hint());
}

void judge_half_way(const MigrationFacts& facts, Check& check) {
    check.found = counted(facts.half_way.size(), "file") + " half way";
    for (const migrate::HalfWay& each : facts.half_way)
        check.add(Severity::error, each.file,
                  each.disagreement.empty() ? fmt::format("{} {}", each.file, each.state())
                                            : fmt::format("{} {}: {}", each.file, each.state(), each.disagreement),
                  each.disagreement.empty() ? "tripmig up resumes it" : each.hint);
}

void judge_migrations(const MigrationFacts& facts, Check& check) {
    check.found = facts.version.empty() ? "nothing is applied" : "at version " + facts.version;
    for (const migrate::Finding& each : facts.findings)
        if (each.kind != migrate::Finding::Kind::half_way)
            check.add(each.is_error ? Severity::error : Severity::warning, each.file, each.message, each.hint);
    if (facts.pending > 0)
        check.add(Severity::warning, "",
                  counted(facts.pending, "migration") + (facts.pending == 1 ? " is" : " are") + " pending",
                  "tripmig up --dry-run shows them, tripmig up applies them");
}

}  // namespace

std::vector<Check> check_tripmig(const TripmigFacts& facts) {
    std::vector<Check> checks{check_seen("tripmig.jobs", facts.jobs, judge_jobs),
                              check_seen("tripmig.triggers", facts.jobs, judge_triggers),
                              check_seen("tripmig.state", facts.state_fault, judge_state)};
    if (!facts.has_migrations) {
        for (const std::string_view code : {"tripmig.half_applied", "tripmig.migrations"}) {
            checks.push_back({code});
            checks.back().found = "there is no directory of migrations";
        }
        return checks;
    }
    checks.push_back(check_seen("tripmig.half_applied", facts.migrations, judge_half_way));
    checks.push_back(check_seen("tripmig.migrations", facts.migrations, judge_migrations));
    return checks;
}

}  // namespace tripmig::doctor
