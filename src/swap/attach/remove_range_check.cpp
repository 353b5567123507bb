#include "swap/attach/remove_range_check.hpp"

#include <fmt/format.h>

#include "db/state/with_state.hpp"
#include "job/cleanup.hpp"
#include "job/state/journal.hpp"
#include "job/state/state.hpp"
#include "sql/identifier.hpp"
#include "swap/statements.hpp"

namespace tripmig::swap {

namespace {

void remove_range_check(job::Session& server, db::Session& session, const QualifiedName& table) {
    const std::optional<db::Job> job = db::find_open_job(session, server.state_schema(), table);
    if (!job)
        return;
    job::State state = job::from_job(*job);
    if (state.stage != job::Stage::range_checked)
        return;
    state.stage = job::Stage::ready;
    const Step step = job::journal(state, server.state_schema());
    session.transact(db::Isolation::read_committed, [&](db::Work& work) {
        work.change(fmt::format("SET LOCAL lock_timeout = {}", server.config().swap.lock_budget.count()));
        // A cut-over whose answer was lost may commit at this moment: only behind its locks is its outcome known.
        work.change(fmt::format("LOCK TABLE ONLY {} IN ACCESS EXCLUSIVE MODE", sql::quoted(table)));
        const db::Result now =
            work.read(db::with_state(statements::job_stage, server.state_schema()), {fmt::format("{}", job->id)});
        if (now.optional_text() != job->stage)
            return;
        work.change(fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", sql::quoted(table),
                                sql::quote_ident(state.range_check())));
        work.read(step.sql, step.parameters);
    });
}

}  // namespace

void remove_range_check_quietly(job::Session& server, const QualifiedName& table) noexcept {
    job::clean_up_quietly(
        server, [&](db::Session& session) { remove_range_check(server, session, table); },
        fmt::format("{} still refuses keys beyond the boundary", sql::quoted(table)));
}

}  // namespace tripmig::swap
