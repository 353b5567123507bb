#include "partition/split/plan.hpp"

#include <fmt/format.h>

#include <array>

#include "base/error.hpp"
#include "db/state/job_store.hpp"
#include "job/state/journal.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

std::string_view participle(const job::State& state) {
    static constexpr std::array<std::string_view, 3> participles{"split", "merged", "drained"};
    return participles.at(static_cast<std::size_t>(state.partition().verb));
}

/// A single one names what it is about, which need not be the job's table.
void require_possible(const PartitionPlan& plan) {
    const std::vector<job::Finding> refusals = job::refusals_among(plan.findings);
    if (refusals.size() == 1)
        throw Error(job::exit_code_of(plan.findings),
                    fmt::format("{} cannot be {}: {}", refusals.front().subject, participle(plan.state),
                                refusals.front().message),
                    refusals.front().hint);
    job::refuse_if_any(plan.findings, plan.state.table, participle(plan.state));
}

}  // namespace

Error refused(const job::State& state, const std::string& why, std::string hint) {
    return {ExitCode::refused, fmt::format("{} cannot be {}: {}", sql::quoted(state.table), participle(state), why),
            std::move(hint)};
}

job::State begin_job(job::Session& server, const PartitionPlan& plan) {
    require_possible(plan);
    job::tell_notes(server.reporter(), plan.findings);
    job::State state = plan.state;
    Unit unit;
    unit.name = fmt::format("begin the {} of {}", job::to_string(state.partition().verb), sql::quoted(state.table));
    unit.steps = {db::begin_job_step(server.state_schema(), job::to_job(state))};
    state.job = server.executor().run(unit).results.front().number();
    return state;
}

}  // namespace tripmig::partition
