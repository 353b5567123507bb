#include "migrate/run/transaction_runner.hpp"

#include "ddl/statement_step.hpp"
#include "migrate/run/file_failure.hpp"

namespace tripmig::migrate {

int TransactionRunner::run(const Migration& migration, const Script& script, const PlanOptions& options) {
    try {
        Unit unit = plan_transaction(migration, script, options);
        ddl::append(unit.steps, m_guard.checks(script, 0, script.statements.size()));
        return m_session.run(unit).attempts;
    } catch (const db::CommitInDoubt&) {
        throw;
    } catch (const Error& error) {
        throw file_failure(error, migration, false);
    }
}

}  // namespace tripmig::migrate
