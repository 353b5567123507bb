#pragma once

#include "migrate/job_guard.hpp"
#include "migrate/plan.hpp"
#include "migrate/run/file_session.hpp"

namespace tripmig::migrate {

/// Runs a file that is one transaction, with its history row in it.
class TransactionRunner {
  public:
    TransactionRunner(FileSession& session, const JobGuard& guard) : m_session(session), m_guard(guard) {}

    /// How many attempts it took. Throws file_failure(), and db::CommitInDoubt.
    int run(const Migration& migration, const Script& script, const PlanOptions& options);

  private:
    FileSession& m_session;
    const JobGuard& m_guard;
};

}  // namespace tripmig::migrate
