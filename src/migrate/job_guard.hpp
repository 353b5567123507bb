#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/connection.hpp"
#include "db/state/altering_jobs.hpp"
#include "migrate/altered_relations.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// Keeps files from altering a table while a swap or a split of it is under way: its copy would no longer fit.
class JobGuard {
  public:
    JobGuard() = default;
    /// Looks which jobs are under way now.
    JobGuard(db::Connection& connection, const std::string& state_schema);

    /// Throws Error{refused} at the statement's place, naming the job, when the file's text alters such a table. Names
    /// are read as the file's statements will be: `connection` is as the file finds it, and what the file SETs counts.
    void require_free(const Script& script, db::Connection& connection) const;

    /// The same for what no text shows (DO, functions, CASCADE): checks for the end of a transaction with statements
    /// [first, last), that it took no lock on such a table that only altering it takes.
    [[nodiscard]] std::vector<Step> checks(const Script& script, std::size_t first, std::size_t last) const;

    [[nodiscard]] bool is_idle() const noexcept { return m_jobs.empty(); }

  private:
    [[nodiscard]] const db::AlteringJob* job_in_the_way(const Altered& altered, db::Connection& connection) const;

    std::vector<db::AlteringJob> m_jobs;
};

}  // namespace tripmig::migrate
