#include "app/partition/maintain.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "base/civil.hpp"
#include "base/error.hpp"
#include "cli/partition/partition.hpp"
#include "cli/print.hpp"
#include "view/partition/maintain.hpp"
#include "view/partition/metrics.hpp"

namespace tripmig::cli {

namespace {

struct MaintainFlags {
    bool is_dry_run = false;
    std::string now;
    app::MaintainOptions options;
};

std::optional<Instant> parse_now(const std::string& text) {
    if (text.empty())
        return std::nullopt;
    const auto now = parse_timestamp(text);
    if (now && civil_date(*now).year >= 1 && civil_date(*now).year <= 9999)
        return now;
    throw Error(ExitCode::usage, fmt::format("--now {} is not a valid time", text),
                "write 2026-01-31, 2026-01-31T12:00 or 2026-01-31T12:00+09:00; without zone it is UTC");
}

ExitCode maintain(Context& context, const MaintainFlags& flags) {
    app::MaintainOptions options = flags.options;
    options.now = parse_now(flags.now);
    if (flags.is_dry_run) {
        const partition::MaintainPreview preview = app::preview_maintenance(context, options);
        print(context, preview, view::maintain_preview_json, view::maintain_preview_text);
        return preview.exit_code();
    }
    const partition::MaintainResult result =
        app::audited(context, [&] { return app::maintain_partitions(context, options); });
    context.metrics = view::table_metrics(result);
    print(context, result, view::maintain_json);
    return result.exit_code();
}

}  // namespace

void add_partition_maintain(CLI::App& partition, Commands& commands) {
    auto flags = std::make_shared<MaintainFlags>();
    CLI::App* command =
        partition.add_subcommand("maintain", "Create missing partitions and detach old ones; run it every night");
    command->add_flag("--dry-run", flags->is_dry_run,
                      "Print every statement with its locks and its reason, and what is checked; change nothing");
    command->add_option("--only", flags->options.only, "Only this table; may be given several times")
        ->type_name("TABLE");
    command->add_option("--now", flags->now, "Act as if this were the present time (UTC); default: the server's clock")
        ->type_name("TIME");
    command
        ->add_option(
            "--max-create", flags->options.max_create,
            "Fill gaps of up to this many partitions, whatever the policies say; the present one and premake are "
            "always created")
        ->type_name("N")
        ->check(CLI::Range(0, 100'000));
    command->footer(
        "Examples:\n"
        "  tripmig partition maintain            what the policies in partitions/ say\n"
        "  tripmig partition maintain --dry-run  show it first\n"
        "  tripmig partition maintain --only public.orders --now 2026-01-01\n"
        "Safe to repeat; while another one runs it waits up to run_lock_wait, then exits 5. A table or policy that "
        "fails\n"
        "does not stop the others (exit 9). After exit 8, 11, 12 or 13: do what the message says and run it again.");
    commands.add(command, [flags](Context& context) { return maintain(context, *flags); });
}

}  // namespace tripmig::cli
