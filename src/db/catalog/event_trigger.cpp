#include "db/catalog/event_trigger.hpp"

#include <fmt/format.h>

#include "db/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::db {

namespace {

/// "PL/pgSQL function public.guard() line 3 at RAISE"; without schema where the search_path has it; PL/Python and
/// PL/Perl write "function "guard"".
bool names_function(const std::string& context, const QualifiedName& function) {
    for (const std::string& form :
         {fmt::format("function {}(", sql::quoted(function)),
          fmt::format("function {}(", sql::quote_ident(function.name)), fmt::format("function \"{}\"", function.name)})
        if (context.find(form) != std::string::npos)
            return true;
    return false;
}

EventTrigger event_trigger(const Row& row) {
    return {row.text("name"), row.text("event"), row.name("function_schema", "function_name"), row.text("tags")};
}

Error refusal(const Error& error, const EventTrigger& trigger) {
    Error refused = error.rewrapped(
        ExitCode::refused, fmt::format("event trigger {} (at {}, function {}) does not allow it: ",
                                       sql::quote_ident(trigger.name), trigger.event, sql::quoted(trigger.function)));
    if (error.hint().empty())
        refused.with_hint(
            fmt::format("do what it requires, change it, or let a superuser disable it during the run: ALTER EVENT "
                        "TRIGGER {} DISABLE",
                        sql::quote_ident(trigger.name)));
    return refused;
}

}  // namespace

std::optional<Error> event_trigger_refusal(StepConnection& connection, const Error& error) {
    if (error.sqlstate().empty() || connection.is_broken() || error.detail().find("function ") == std::string::npos)
        return std::nullopt;
    for (const Row& row : connection.execute(std::string(statements::event_triggers))) {
        const EventTrigger trigger = event_trigger(row);
        if (names_function(error.detail(), trigger.function))
            return refusal(error, trigger);
    }
    return std::nullopt;
}

std::vector<EventTrigger> read_event_triggers(Session& session) {
    std::vector<EventTrigger> triggers;
    for (const Row& row : session.read(std::string(statements::event_triggers)))
        triggers.push_back(event_trigger(row));
    return triggers;
}

}  // namespace tripmig::db
