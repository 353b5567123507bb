#include "app/sandbox/server.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "sandbox/binaries.hpp"
#include "sandbox/detached.hpp"

namespace tripmig::app {

namespace {

std::string nothing_runs_in(const std::filesystem::path& directory) {
    return fmt::format("no sandbox runs in {}", directory.string());
}

}  // namespace

sandbox::Options describe_sandbox(const Context& context, const SandboxOptions& options) {
    sandbox::Options described;
    for (const std::string& setting : options.settings)
        described.settings.push_back(sandbox::parse_setting(setting));
    described.directory = options.directory;
    if (!options.from.empty())
        described.from = std::filesystem::absolute(options.from).lexically_normal();
    described.durable = options.durable;
    described.port = options.port;
    described.bindir = sandbox::find_bindir(options.bindir, context.environment);
    return described;
}

SandboxStatus start_sandbox(const Context& context, const SandboxOptions& options) {
    sandbox::Started started = sandbox::start_detached(describe_sandbox(context, options), context.stop);
    const std::string directory = started.server.directory.string();
    if (started.ran_already)
        context.reporter.info("sandbox.running",
                              fmt::format("a sandbox already runs in {}; it was not changed", directory));
    else
        context.reporter.info("sandbox.started", fmt::format("the sandbox runs in {}", directory));
    const auto pid = started.server.pid();
    return {directory, std::move(started.server), pid};
}

SandboxStatus sandbox_status(const std::filesystem::path& directory) {
    SandboxStatus status{directory, sandbox::find_detached(directory), std::nullopt};
    if (status.server)
        status.pid = status.server->pid();
    return status;
}

SandboxStatus require_sandbox(const std::filesystem::path& directory) {
    SandboxStatus status = sandbox_status(directory);
    if (!status.pid)
        throw Error(ExitCode::unreachable, nothing_runs_in(directory), "tripmig sandbox start");
    return status;
}

StoppedSandbox stop_sandbox(const Context& context, const std::filesystem::path& directory, bool keep) {
    const bool was_there = sandbox::stop_detached(directory, keep, context.stop).has_value();
    std::string message = nothing_runs_in(directory);
    if (was_there)
        message = keep ? fmt::format("stopped; {} is kept", directory.string())
                       : fmt::format("stopped, and {} removed", directory.string());
    context.reporter.info("sandbox.stopped", message);
    return {directory, was_there, was_there && keep};
}

}  // namespace tripmig::app
