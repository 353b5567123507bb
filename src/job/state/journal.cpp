#include "job/state/journal.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "job/state/json.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

Stage read_stage(const std::string& name) {
    if (name == "bounded")  // as versions before format 3 wrote these two
        return Stage::range_checked;
    if (name == "cut")
        return Stage::cut_over;
    if (const auto stage = stage_named(name))
        return *stage;
    throw Error(ExitCode::refused, fmt::format("the job is at stage \"{}\", which this version does not know", name),
                "use the version of tripmig that wrote it");
}

}  // namespace

db::Job to_job(const State& state) {
    db::Job job;
    job.id = state.job;
    job.kind = state.is<PartitionJob>() ? to_string(state.partition().verb) : "swap";
    job.table = state.table;
    job.stage = to_string(state.stage);
    job.state = write_state(state);
    return job;
}

State from_job(const db::Job& job) {
    State state;
    state.job = job.id;
    state.table = job.table;
    state.stage = read_stage(job.stage);
    try {
        read_state(job.state, state);
    } catch (const Error& error) {
        throw Error(error.code(),
                    fmt::format("job {} on {}, written by tripmig {}: {}", job.id, sql::quoted(job.table),
                                job.tool_version, error.message()),
                    error.hint());
    } catch (const nlohmann::json::exception& problem) {
        throw Error(ExitCode::unexpected, fmt::format("the state of job {} cannot be read", job.id))
            .with_detail(problem.what());
    }
    return state;
}

Step journal(const State& state, const std::string& state_schema) {
    return db::record_job_step(state_schema, to_job(state));
}

Step journal(State state, Stage stage, const std::string& state_schema) {
    state.stage = stage;
    return journal(state, state_schema);
}

}  // namespace tripmig::job
