#include "swap/run.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <optional>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "cli/swap_options.hpp"
#include "cli/swap_text.hpp"
#include "swap/server.hpp"

namespace tripmig::cli {

namespace {

/// When the cut-over may begin: at a time, or when a file is gone.
class Postponement {
  public:
    explicit Postponement(const std::string& text) : m_file(text), m_time(parse_timestamp(text)) {
        if (!m_time && !std::filesystem::exists(m_file))
            throw Error(ExitCode::usage, fmt::format("--postpone-cutover-until {}: no time, and no such file", text),
                        "write 2026-01-31T03:00 (UTC unless it has a zone), or make the file and delete it later");
    }

    [[nodiscard]] bool is_over(const Clock& clock) const {
        return m_time ? clock.now() >= *m_time : !std::filesystem::exists(m_file);
    }

  private:
    std::filesystem::path m_file;
    std::optional<Instant> m_time;
};

void wait_for(const Postponement& postponement, Context& context, const std::string& until) {
    bool has_told = false;
    while (!postponement.is_over(context.clock)) {
        if (!has_told)
            context.reporter.info("swap.postponed", fmt::format("ready; the cut-over is postponed until {}", until));
        has_told = true;
        context.stop.wait_for(std::chrono::milliseconds(200));
        context.stop.check();
    }
}

ExitCode run(Context& context, const SwapOptions& options, bool until_ready, const std::string& postponed) {
    const config::PartitionPolicy policy = swap_policy(context, options);
    std::optional<Postponement> postponement;
    if (!postponed.empty())
        postponement.emplace(postponed);
    swap::Server server(context.config, context.reporter, context.clock, context.stop);
    server.take_job(policy.table);
    if (postponement) {
        (void)swap::run(server, policy, true);
        wait_for(*postponement, context, postponed);
    }
    const swap::RunResult result = swap::run(server, policy, until_ready);
    print_swap(context, policy.table, result.state ? &*result.state : nullptr);
    return ExitCode::ok;
}

}  // namespace

void add_swap_run(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("run", "Swap the table, or go on from wherever its swap stands");
    auto options = std::make_shared<SwapOptions>();
    auto until = std::make_shared<std::string>();
    add_policy_options(*command, *options);
    command
        ->add_option("--until", *until,
                     "ready: do all that can be done beside the writers, and stop before the cut-over")
        ->type_name("STAGE")
        ->check(CLI::IsMember({"ready"}));
    auto postponed = std::make_shared<std::string>();
    command
        ->add_option("--postpone-cutover-until", *postponed,
                     "Do all but the cut-over, and that from a time on (UTC), or when a file is gone")
        ->type_name("TIME|FILE")
        ->excludes("--until");
    command->footer(
        "Examples:\n"
        "  tripmig swap run trip_plans\n"
        "  tripmig swap run trip_plans --until ready && tripmig swap cutover trip_plans\n"
        "  tripmig swap run events --key created_at --interval \"1 day\"");
    commands.add(command, [options, until, postponed](Context& context) {
        return run(context, *options, !until->empty(), *postponed);
    });
}

void add_swap_cutover(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("cutover", "The cut-over of a swap that is ready, and what follows it");
    auto options = std::make_shared<SwapOptions>();
    add_policy_options(*command, *options);
    commands.add(command, [options](Context& context) {
        const config::PartitionPolicy policy = swap_policy(context, *options);
        swap::Server server(context.config, context.reporter, context.clock, context.stop);
        server.take_job(policy.table);
        if (const auto job = server.open_job(policy.table); !job || swap::from_job(*job).stage < swap::Stage::ready)
            throw Error(ExitCode::refused, "no swap of this table is ready for its cut-over",
                        "tripmig swap run TABLE --until ready");
        const swap::RunResult result = swap::run(server, policy, false);
        print_swap(context, policy.table, &*result.state);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
