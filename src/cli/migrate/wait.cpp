#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <random>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/duration_option.hpp"
#include "cli/migrate/migration_target.hpp"
#include "view/json_text.hpp"

namespace tripmig::cli {

namespace {

namespace chr = std::chrono;

/// Hundreds of pods wait at once: not all in step.
chr::milliseconds pause() {
    static thread_local std::mt19937 generator{std::random_device{}()};
    return chr::milliseconds(std::uniform_int_distribution<int>(400, 800)(generator));
}

/// What is still to be applied, for people; empty: nothing.
std::string pending_text(const MigrationTarget& target) {
    const auto& pending = target.comparison.pending;
    if (pending.empty())
        return {};
    return fmt::format("{} pending, {} the first", pending.size(), pending.front()->file);
}

/// Throws what the last look threw when the time is over.
MigrationTarget look_until(Context& context, chr::steady_clock::time_point deadline) {
    std::string told;
    for (;;) {
        std::string reason;
        try {
            MigrationTarget target = look_at(context, "wait");
            migrate::require_agreement(target.comparison);
            reason = pending_text(target);
            if (reason.empty())
                return target;
            if (context.clock.steady() >= deadline)
                throw Error(ExitCode::pending, "the time is over: " + reason,
                            "`tripmig up` applies them; --timeout says how long to wait");
        } catch (const Error& error) {
            if (error.code() != ExitCode::unreachable || context.clock.steady() >= deadline)
                throw;
            reason = error.message();
        }
        if (reason != told)
            context.reporter.info("wait.waiting", "waiting: " + reason);
        told = reason;
        context.stop.wait_for(pause());
        context.stop.check();
    }
}

ExitCode wait(Context& context, const std::string& timeout) {
    const auto deadline = context.clock.steady() + parse_duration_option("--timeout", timeout);
    const MigrationTarget target = look_until(context, deadline);
    const std::string version = newest_version(target.history);
    context.reporter.info("wait.done", fmt::format("the database has what these files say, {}",
                                                   version.empty() ? "no version yet" : "at version " + version));
    if (context.json)
        context.out << view::json_text(nlohmann::json{{"version", version}, {"pending", 0}}) << '\n';
    return ExitCode::ok;
}

}  // namespace

void add_wait(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("wait", "Until the database can be reached and has what these files say; changes nothing");
    auto timeout = std::make_shared<std::string>("5min");
    command->add_option("--timeout", *timeout, "How long at most")->type_name("DURATION")->capture_default_str();
    command->footer(
        "For the init container of an application whose migrations another one applies.\n"
        "Exit codes: 0 it has; 3 the time is over and something is pending; 6 the time is over and it can't be "
        "reached;\n"
        "4 at once when files and history disagree. A newer database is fine.\n"
        "Example:\n"
        "  tripmig wait --timeout 10min");
    commands.add(command, [timeout](Context& context) { return wait(context, *timeout); });
}

}  // namespace tripmig::cli
