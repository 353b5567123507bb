#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/qualified_name.hpp"
#include "db/session.hpp"
#include "db/step_connection.hpp"

namespace tripmig::db {

/// An event trigger that fires for this session's statements.
struct EventTrigger {
    std::string name;
    std::string event;  ///< "ddl_command_end"
    QualifiedName function;
    std::string tags;  ///< "CREATE TABLE, ALTER TABLE"; empty: every command
};

std::vector<EventTrigger> read_event_triggers(Session& session);

/// When the error was raised within the function of an enabled event trigger (the error's context names the function),
/// the same as Error{refused} that names the event trigger: somebody's rule for the database forbids the statement.
/// nullopt otherwise. The connection must be outside of a transaction.
std::optional<Error> event_trigger_refusal(StepConnection& connection, const Error& error);

}  // namespace tripmig::db
