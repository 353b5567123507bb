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

Error refusal(const Error& error, const EventTrigger& trigger) {
    Error refused = error.rewrapped(
        ExitCode::refused, fmt::format("event trigger {} (at {}, function {}) does not allow it: ",
                                       sql::quote_ident(trigger.name), trigger.event, sql::quoted(trigger.function)));
    if (error.hint().empty())
        refused.with_hint(
            fmt::format("do what it demands, change it, or let a superuser disable it meanwhile: ALTER "
                        "EVENT TRIGGER {} DISABLE",
                        sql::quote_ident(trigger.name)));
    return refused;
}

}  // namespace

std::optional<Error> event_trigger_refusal(StepConnection& connection, const Error& error) {
    if (error.sqlstate().empty() || connection.is_broken() || error.detail().find("function ") == std::string::npos)
        return std::nullopt;
    const Result rows = connection.execute(std::string(statements::event_triggers));
    for (std::size_t row = 0; row < rows.rows(); ++row) {
        const auto text = [&](std::size_t column) { return std::string(rows.text(row, column)); };
        const EventTrigger trigger{text(0), text(1), {text(2), text(3)}, text(4)};
        if (names_function(error.detail(), trigger.function))
            return refusal(error, trigger);
    }
    return std::nullopt;
}

std::vector<EventTrigger> read_event_triggers(Session& session) {
    std::vector<EventTrigger> triggers;
    for (const Row& row : session.read(std::string(statements::event_triggers)))
        triggers.push_back(
            {text_of(row.at(0)), text_of(row.at(1)), {text_of(row.at(2)), text_of(row.at(3))}, text_of(row.at(4))});
    return triggers;
}

}  // namespace tripmig::db
