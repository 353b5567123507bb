#include "app/hooks/hooks.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "app/audit/this_process.hpp"
#include "app/hooks/call.hpp"
#include "app/migrate/hidden_values.hpp"
#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/version.hpp"
#include "db/connection_parameters.hpp"

namespace tripmig::app {

namespace {

using nlohmann::json;

constexpr std::size_t most_files = 200;

json parameter(const Context& context, const std::string& name) {
    const auto& parameters = context.config.database.parameters;
    const auto found = parameters.find(name);
    return found == parameters.end() ? json() : json(found->second);
}

json text_or_null(const std::string& text) {
    return text.empty() ? json() : json(text);
}

/// Host and database only: never what the connection string says besides.
json document(const Context& context, const HookEvent& event, std::string_view when) {
    json files = json::array();
    for (const std::string& file : event.migrations)
        if (files.size() < most_files)
            files.push_back(file);
    const bool has_line = context.command != nullptr;
    return {{"event", when},
            {"command", event.command.empty() && has_line ? context.command->name : event.command},
            {"options", has_line ? context.command->options : ""},
            {"database", {{"host", parameter(context, "host")}, {"name", parameter(context, "dbname")}}},
            {"table", text_or_null(event.table)},
            {"stage", text_or_null(event.stage)},
            {"migrations", files},
            {"migration_count", event.migrations.size()},
            {"at", format_rfc3339(context.clock.now())},
            {"host", host_name()},
            {"os_user", os_user()},
            {"pid", ::getpid()},
            {"tool_version", version()}};
}

/// Bytes that are not UTF-8 are replaced, and what is not ASCII is escaped: one line for whoever reads it.
std::string line(const json& event) {
    return event.dump(-1, ' ', true, json::error_handler_t::replace);
}

}  // namespace

void run_before_hook(const Context& context, const HookEvent& event) {
    const config::HooksConfig& hooks = context.config.hooks;
    if (hooks.before.empty())
        return;
    const std::string failure = call_hook(hooks.before, line(document(context, event, "before")), hooks.timeout);
    context.stop.check();
    if (!failure.empty())
        throw Error(ExitCode::refused, fmt::format("the hook `before` {}: nothing was done", failure),
                    "it decides whether this may run: see its own log, or `before` in [hooks] of tripmig.toml");
    context.reporter.debug("hook.before", "the hook `before` agrees");
}

void run_after_hook(const Context& context, const HookEvent& event, ExitCode code,
                    const std::string& message) noexcept {
    const config::HooksConfig& hooks = context.config.hooks;
    if (hooks.after.empty())
        return;
    try {
        json told = document(context, event, "after");
        told["reached"] = text_or_null(event.reached);
        told["exit_code"] = to_int(code);
        told["message"] =
            text_or_null(without_values(Error(code, message), context.config.migrations.placeholders).message());
        std::string failure;
        for (int attempt = 1; attempt <= hooks.attempts; ++attempt) {
            failure = call_hook(hooks.after, line(told), hooks.timeout);
            if (failure.empty())
                return;
            context.reporter.info(
                "hook.retry", fmt::format("the hook `after` {} (attempt {} of {})", failure, attempt, hooks.attempts));
            if (context.stop.is_raised())
                break;
            if (attempt < hooks.attempts)
                context.clock.wait_for(std::chrono::seconds(1) * attempt, context.stop);
        }
        context.reporter.warning("hook.failed", fmt::format("the hook `after` {}; what was done stays done", failure));
    } catch (const std::exception& error) {
        context.reporter.warning("hook.failed", fmt::format("the hook `after` was not called: {}", error.what()));
    }
}

}  // namespace tripmig::app
