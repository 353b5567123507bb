#include "app/migrate/wait.hpp"

#include <fmt/format.h>

#include <random>

#include "app/migrate/target/target.hpp"
#include "base/error.hpp"

namespace tripmig::app {

namespace chr = std::chrono;

namespace {

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
    return fmt::format("{} pending, the first is {}", pending.size(), pending.front()->file);
}

/// Throws what the last look threw when the time is over.
MigrationTarget look_until(const Context& context, chr::steady_clock::time_point deadline) {
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
                throw Error(ExitCode::pending, "timed out: " + reason,
                            "`tripmig up` applies them; --timeout sets how long to wait");
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

}  // namespace

WaitResult wait_for_migrations(const Context& context, chr::milliseconds timeout) {
    const MigrationTarget target = look_until(context, context.clock.steady() + timeout);
    const std::string version = newest_version(target.history);
    context.reporter.info("wait.done", fmt::format("the database is up to date, {}",
                                                   version.empty() ? "no version yet" : "at version " + version));
    return {version};
}

}  // namespace tripmig::app
