#include "job/close.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/error.hpp"
#include "db/catalog/table_catalog.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/registry/registry.hpp"
#include "ddl/registry/registry_steps.hpp"
#include "ddl/replacement/staged.hpp"
#include "ddl/statement_step.hpp"
#include "job/copy/row_hash.hpp"
#include "job/disk_full.hpp"
#include "job/locks/attempts.hpp"
#include "job/replacement.hpp"
#include "job/run_job.hpp"
#include "job/state/journal.hpp"
#include "job/transfer.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// Leaves and all; their triggers call what goes next.
std::vector<Step> drop_staged(const State& state) {
    if (!state.copies())
        return {};
    std::vector<Step> steps{
        ddl::statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(ddl::staged_name(state.table))),
                       "the copy with its partitions")};
    ddl::append(steps, drop_source_indexes(state));
    return steps;
}

/// The table is gone: what the job made beside it is left.
std::vector<Step> sweep_up(const State& state, const std::string& state_schema) {
    db::TableInfo gone;
    gone.name = state.table;
    const ddl::Registry registry = ddl::registry_of(gone, state.key);
    std::vector<Step> steps = drop_staged(state);
    ddl::append(steps, backfill::end_transfer(build_transfer(build_replacement(gone, state), state, state_schema)));
    if (state.swap().has_registry && !state.is<EmptyJob>())
        ddl::append(steps, ddl::drop_registry(registry));
    return steps;
}

std::vector<Step> undo_preparation(const db::TableInfo& table, const State& state, const std::string& state_schema) {
    std::vector<Step> steps;
    const bool has_begun = state.captures() && state.stage >= Stage::capturing;
    const ddl::Replacement replacement = build_replacement(table, state);
    ddl::append(steps, drop_staged(state));
    if (has_begun)
        ddl::append(steps, backfill::end_transfer(build_transfer(replacement, state, state_schema)));
    for (const std::string& check : {state.range_check(), state.null_check()})
        steps.push_back(ddl::drop_check(table.name, check, "the swap is aborted"));
    if (has_begun && state.swap().has_registry)
        ddl::append(steps, ddl::drop_registry(*replacement.registry));
    if (const db::ColumnInfo* column = table.column(state.key);
        column != nullptr && state.swap().key_was_nullable && column->not_null)
        steps.push_back(ddl::statement(fmt::format("ALTER TABLE {} ALTER COLUMN {} DROP NOT NULL",
                                                   sql::quoted(table.name), sql::quote_ident(state.key)),
                                       "as it was before"));
    return steps;
}

/// Drops what takes space. Deleted catalog rows need none of their own, as updated ones and the job's record may.
void free_space(Session& server, const State& state) {
    Unit unit;
    unit.name = fmt::format("free the disk space of the swap of {}", sql::quoted(state.table));
    if (db::read_table(server.session(), state.table))
        unit.lock_first = {{state.table, LockMode::access_exclusive}};
    unit.steps = sweep_up(state, server.state_schema());
    run_step(server, unit);
}

void require_abortable(const State& state) {
    if (state.is_cut_over())
        throw Error(ExitCode::refused, fmt::format("{} was cut over already", sql::quoted(state.table)),
                    fmt::format("to undo the swap: tripmig swap revert {}", sql::quoted(state.table)));
}

class AbortMachine : public Machine {
  public:
    AbortMachine(Session& server, State state, const AbortExtras& extras)
        : Machine(std::move(state)), m_server(server), m_extras(extras) {}

    Observation observe() override { return {}; }

    [[nodiscard]] Action next_step(const Observation& seen) const override { return next_abort_step(m_state, seen); }

    void perform(Action action, const Observation& /*seen*/) override {
        if (action == Action::free_space)
            return free_space(m_server, m_state);
        const std::optional<db::TableInfo> table = db::read_table(m_server.session(), m_state.table);
        if (action == Action::undo_preparation)
            undo(table);
        else
            close(table);
    }

    std::optional<Observation> observe_failure(Action /*action*/, const Error& error) override {
        if (!is_disk_full(error))
            return std::nullopt;
        Observation seen;
        seen.is_disk_full = true;
        return seen;
    }

  private:
    void undo(const std::optional<db::TableInfo>& table) {
        db::TableInfo gone;
        gone.name = m_state.table;
        if (m_extras.before)
            m_extras.before(table ? *table : gone, table.has_value(), m_state);
    }

    void close(const std::optional<db::TableInfo>& table) {
        std::vector<Step> steps = table ? undo_preparation(*table, m_state, m_server.state_schema())
                                        : sweep_up(m_state, m_server.state_schema());
        std::vector<LockRequest> locks;
        for (const QualifiedName& source : m_state.sources())
            if (db::read_table(m_server.session(), source))
                locks.push_back({source, LockMode::access_exclusive});
        ddl::append(steps, m_extras.steps);
        locks.insert(locks.end(), m_extras.locks.begin(), m_extras.locks.end());
        m_state.stage = Stage::aborted;
        Unit unit = closing_unit(m_server, m_state, std::move(steps));
        unit.lock_first = std::move(locks);
        run_protected(m_server, unit);
    }

    Session& m_server;
    const AbortExtras& m_extras;
};

}  // namespace

Unit closing_unit(Session& server, const State& state, std::vector<Step> steps) {
    Unit unit;
    unit.name = fmt::format("close the swap of {}", sql::quoted(state.table));
    unit.steps = std::move(steps);
    unit.steps.push_back(db::finish_job_step(server.state_schema(), to_job(state)));
    return unit;
}

State abort_job(Session& server, State state, const AbortExtras& extras) {
    require_abortable(state);
    AbortMachine machine(server, std::move(state), extras);
    run_job(server, machine);
    return machine.state();
}

}  // namespace tripmig::job
