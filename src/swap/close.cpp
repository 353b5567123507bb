#include "swap/close.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "job/close.hpp"
#include "job/locks/attempts.hpp"
#include "job/open_job.hpp"
#include "job/replacement.hpp"
#include "job/run_job.hpp"
#include "job/source/source_table.hpp"
#include "job/transfer.hpp"
#include "job/verify/validate_keys.hpp"
#include "sql/identifier.hpp"
#include "swap/composite/composite.hpp"

namespace tripmig::swap {

namespace {

/// The old table goes, and what kept it in step.
Unit closing_copy(job::Session& server, const job::State& state) {
    const db::TableInfo table = job::require_table(server, state.table);
    const backfill::Transfer back = job::transfer_back(table, state, server.state_schema());
    std::vector<Step> steps;
    std::vector<LockRequest> locks{{state.table, LockMode::access_exclusive}};
    for (const QualifiedName& leaf : job::leaves_of(server, state.table)) {
        locks.push_back({leaf, LockMode::access_exclusive});
        steps.push_back(ddl::statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}",
                                                   sql::quote_ident(back.capture.truncate_trigger), sql::quoted(leaf)),
                                       "no copy follows it any more"));
    }
    ddl::append(steps, backfill::end_transfer(back));
    const QualifiedName old{state.table.schema, state.old_name};
    steps.push_back(ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(old)),
                                   "the old table; no revert after this"));
    Unit unit = job::closing_unit(server, state, std::move(steps));
    unit.lock_first = std::move(locks);
    return unit;
}

void drop_own_indexes(job::Session& server, const db::TableInfo& table, const job::State& state) {
    const auto drop = [&](const QualifiedName& index) {
        server.executor().run(ddl::drop_index_concurrently(table.name, index, "the swap is aborted"));
    };
    if (!state.primary_key.empty() &&
        (!state.copies() || state.swap().incoming == config::IncomingForeignKeys::composite))
        drop({table.name.schema, state.leaf_index()});
    for (const db::IndexInfo& index : table.indexes)
        if (job::is_index_with_key(index.name.name))
            drop(index.name);
}

class FinishMachine : public job::Machine {
  public:
    FinishMachine(job::Session& server, job::State state) : Machine(std::move(state)), m_server(server) {}

    job::Observation observe() override { return {}; }

    [[nodiscard]] job::Action next_step(const job::Observation& seen) const override {
        return job::next_finish_step(m_state, seen);
    }

    void perform(job::Action action, const job::Observation& /*seen*/) override {
        m_state.stage = job::Stage::finished;
        if (action == job::Action::validate_keys)
            job::validate_keys(m_server, m_state);
        else if (m_state.is<job::CopyJob>())
            job::run_protected(m_server, closing_copy(m_server, m_state));
        else
            m_server.executor().run(job::closing_unit(m_server, m_state, {}));
    }

  private:
    job::Session& m_server;
};

}  // namespace

job::State require_complete(job::Session& server, const QualifiedName& table) {
    job::State state = job::require_job(server, table);
    const std::string name = sql::quoted(table);
    if (state.stage != job::Stage::complete)
        throw Error(ExitCode::refused, fmt::format("the swap of {} is not complete ({})", name, to_string(state.stage)),
                    state.stage == job::Stage::reverting ? fmt::format("to resume: tripmig swap revert {}", name)
                    : state.is_cut_over()
                        ? fmt::format("to resume: tripmig swap run {}", name)
                        : fmt::format("to resume: tripmig swap run {0}; to give up: tripmig swap abort {0}", name));
    return state;
}

job::State finish(job::Session& server, const QualifiedName& table) {
    FinishMachine machine(server, require_complete(server, table));
    job::run_job(server, machine);
    return machine.state();
}

job::State abort(job::Session& server, const QualifiedName& name) {
    job::AbortExtras extras;
    extras.before = [&](const db::TableInfo& table, bool exists, job::State& state) {
        undo_composite(server, table, state);
        if (exists)
            drop_own_indexes(server, table, state);
    };
    return job::abort_job(server, job::require_job(server, name), extras);
}

}  // namespace tripmig::swap
