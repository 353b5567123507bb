#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/session.hpp"

namespace tripmig::db {

/// A long piece of work on one table, as the state schema keeps it. `state` is a JSON document that belongs to the room
/// that does the work.
struct Job {
    std::int64_t id = 0;
    std::string kind;  ///< "swap"
    QualifiedName table;
    std::string stage;
    std::string state;
    std::string tool_version;
    std::string created_at;  ///< UTC
    std::string updated_at;
    bool is_finished = false;
    std::string finished_at = {};  ///< of read_recent_jobs()
};

/// The job that is under way on a table; nullopt too when there is no state schema yet. There is at most one.
std::optional<Job> find_open_job(Session& session, std::string_view state_schema, const QualifiedName& table);

/// The newest job on a table, finished or not.
std::optional<Job> find_last_job(Session& session, std::string_view state_schema, const QualifiedName& table);

/// The last job of each table: open ones first, then those that ended last, `limit` in all. None without a state schema
/// that this role may look into.
std::vector<Job> read_recent_jobs(Session& session, std::string_view state_schema, int limit);

/// The journal as steps, for the transaction whose effect they record.
/// The first answers the new job's id.
Step begin_job_step(std::string_view state_schema, const Job& job);
/// Refuses, and so rolls the effect back, when the job has been closed meanwhile.
Step record_job_step(std::string_view state_schema, const Job& job);
Step finish_job_step(std::string_view state_schema, const Job& job);

}  // namespace tripmig::db
