#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/session.hpp"

namespace tripmig::db {

/// Triggers of a job's own on one table and, where it is partitioned, on its partitions, and the functions that they
/// call. What they are is recorded in the transaction that makes them, and compared later: a table whose triggers were
/// off for a moment has rows that nobody captured, though its triggers are as they were (`ENABLE TRIGGER` writes the
/// catalog's row again, which shows in its xmin).
struct OwnTriggers {
    std::string record;  ///< under which name the job keeps it
    QualifiedName table;
    std::vector<QualifiedName> functions;
    /// Any new version of a function counts, even an equal one. Without it what they say counts: GRANT ... ON ALL
    /// FUNCTIONS IN SCHEMA writes their rows again as well.
    bool is_exact = true;
    /// The rows of a partition that was attached, detached or dropped since were written by no trigger: these count as
    /// well. One that came empty and was never truncated does not.
    bool follows_partitions = false;
    std::vector<QualifiedName> more = {};  ///< other tables with the same triggers
};

/// What was changed since, a sentence each.
struct OwnTriggerChanges {
    bool is_recorded = false;  ///< false: the job of an older version
    std::vector<std::string> changes;
};

/// For the transaction that makes the triggers, after all of them.
Step record_own_triggers(const OwnTriggers& own, std::string_view state_schema, std::int64_t job);

/// A check for the transaction that relies on them, behind a lock that keeps them from changing.
Step require_own_triggers(const OwnTriggers& own, std::string_view state_schema, std::int64_t job);

OwnTriggerChanges read_own_trigger_changes(Session& session, const OwnTriggers& own, std::string_view state_schema,
                                           std::int64_t job);

/// A trigger that a table and each of its partitions must have, enabled ALWAYS.
struct ExpectedTrigger {
    std::string name;
    QualifiedName function;
    bool is_row = true;  ///< false: of statements; not on partitions that are partitioned themselves
};

/// Which of these are missing or off, or call something else: a sentence each. Without any record. `kept`: the table
/// that they keep; without it, or without any of the functions, none is expected.
std::vector<std::string> read_trigger_problems(Session& session, const QualifiedName& table, const QualifiedName& kept,
                                               const std::vector<ExpectedTrigger>& expected);

}  // namespace tripmig::db
