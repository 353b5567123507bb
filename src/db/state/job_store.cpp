#include "db/state/job_store.hpp"

#include <fmt/format.h>

#include "base/version.hpp"
#include "db/state/state_schema.hpp"
#include "db/state/with_state.hpp"
#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

bool has_state(Session& session, std::string_view state_schema) {
    const Rows rows = session.read(std::string(statements::job_table_is_readable), {std::string(state_schema)});
    return flag_of(rows.at(0).at(0));
}

Step change_step(std::string_view statement, std::string_view state_schema, const Job& job, std::string why) {
    Step step;
    step.sql = with_state(statement, state_schema);
    step.parameters = {fmt::format("{}", job.id), job.stage, job.state, std::string(version())};
    step.why = std::move(why);
    step.refusal = fmt::format("job {} on {} was closed by somebody else", job.id, sql::quoted(job.table));
    return step;
}

}  // namespace

std::optional<Job> find_last_job(Session& session, std::string_view state_schema, const QualifiedName& table) {
    if (!has_state(session, state_schema))
        return std::nullopt;
    const Rows rows = session.read(with_state(statements::job_of_table, state_schema), {table.schema, table.name});
    if (rows.empty())
        return std::nullopt;
    const Row& row = rows.front();
    Job job;
    job.id = number_of(row.at(0));
    job.kind = text_of(row.at(1));
    job.table = table;
    job.stage = text_of(row.at(2));
    job.state = text_of(row.at(3));
    job.tool_version = text_of(row.at(4));
    job.created_at = text_of(row.at(5));
    job.updated_at = text_of(row.at(6));
    job.is_finished = flag_of(row.at(7));
    return job;
}

std::optional<Job> find_open_job(Session& session, std::string_view state_schema, const QualifiedName& table) {
    std::optional<Job> job = find_last_job(session, state_schema, table);
    if (job && job->is_finished)
        job.reset();
    return job;
}

Step begin_job_step(std::string_view state_schema, const Job& job) {
    Step step;
    step.sql = with_state(statements::job_begin, state_schema);
    step.parameters = {job.kind, job.table.schema, job.table.name, job.stage, job.state, std::string(version())};
    step.why = "the job and its plan, so that any later run can go on";
    return step;
}

Step record_job_step(std::string_view state_schema, const Job& job) {
    return change_step(statements::job_record, state_schema, job, "what is done, in the transaction that does it");
}

Step finish_job_step(std::string_view state_schema, const Job& job) {
    return change_step(statements::job_finish, state_schema, job, "the job is closed");
}

}  // namespace tripmig::db
