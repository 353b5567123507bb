#include "db/state/job_store.hpp"

#include <fmt/format.h>

#include "base/version.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

bool has_state(Session& session, std::string_view state_schema) {
    return session.flag(std::string(statements::job_table_is_readable), {std::string(state_schema)});
}

Step change_step(std::string_view statement, std::string_view state_schema, const Job& job, std::string why) {
    Step step;
    step.sql = with_state(statement, state_schema);
    step.parameters = {fmt::format("{}", job.id), job.stage, job.state, std::string(version())};
    step.why = std::move(why);
    step.is_bookkeeping = true;
    step.refusal = fmt::format("job {} on {} was closed by another process", job.id, sql::quoted(job.table));
    return step;
}

Job read_job(const Row& row, const QualifiedName& table) {
    Job job;
    job.id = row.number("id");
    job.kind = row.text("kind");
    job.table = table;
    job.stage = row.text("stage");
    job.state = row.text("state");
    job.tool_version = row.text("tool_version");
    job.created_at = row.text("created_at");
    job.updated_at = row.text("updated_at");
    return job;
}

}  // namespace

std::optional<Job> find_last_job(Session& session, std::string_view state_schema, const QualifiedName& table) {
    if (!has_state(session, state_schema))
        return std::nullopt;
    const Result found = session.read(with_state(statements::job_of_table, state_schema), {table.schema, table.name});
    if (found.empty())
        return std::nullopt;
    const Row row = found.row();
    Job job = read_job(row, table);
    job.is_finished = row.flag("is_finished");
    return job;
}

std::optional<Job> find_open_job(Session& session, std::string_view state_schema, const QualifiedName& table) {
    std::optional<Job> job = find_last_job(session, state_schema, table);
    if (job && job->is_finished)
        job.reset();
    return job;
}

std::vector<Job> read_recent_jobs(Session& session, std::string_view state_schema, int limit) {
    std::vector<Job> jobs;
    if (!has_state(session, state_schema))
        return jobs;
    for (const Row& row : session.read(with_state(statements::recent_jobs, state_schema), {fmt::format("{}", limit)})) {
        Job& job = jobs.emplace_back(read_job(row, row.name("table_schema", "table_name")));
        job.finished_at = row.text_or_empty("finished_at");
        job.is_finished = !job.finished_at.empty();
    }
    return jobs;
}

Step begin_job_step(std::string_view state_schema, const Job& job) {
    Step step;
    step.sql = with_state(statements::job_begin, state_schema);
    step.parameters = {job.kind, job.table.schema, job.table.name, job.stage, job.state, std::string(version())};
    step.why = "the job and its plan, so that any later run can resume";
    step.is_bookkeeping = true;
    return step;
}

Step record_job_step(std::string_view state_schema, const Job& job) {
    return change_step(statements::job_record, state_schema, job, "what is done, in the transaction that does it");
}

Step finish_job_step(std::string_view state_schema, const Job& job) {
    return change_step(statements::job_finish, state_schema, job, "the job is closed");
}

}  // namespace tripmig::db
