#include "view/audit/audit.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <memory>
#include <optional>

#include "app/audit/list.hpp"
#include "base/civil.hpp"
#include "base/duration.hpp"
#include "base/error.hpp"
#include "cli/print.hpp"

namespace tripmig::cli {

namespace {

std::optional<Instant> parse_since(const std::string& text, Instant now) {
    if (text.empty())
        return std::nullopt;
    if (const auto duration = parse_duration(text))
        return now - *duration;
    if (const auto time = parse_timestamp(text))
        return time;
    throw Error(ExitCode::usage, fmt::format("--since {} is neither a time nor a duration", text),
                "write 2026-01-31, 2026-01-31T12:00+09:00 (without zone it is UTC), 12h or 7d");
}

}  // namespace

void add_audit(CLI::App& app, Commands& commands) {
    auto since = std::make_shared<std::string>();
    CLI::App* command = app.add_subcommand("audit", "What commands changed: who, from where, when, how it ended");
    command
        ->add_option("--since", *since, "Only runs that started since then, or within that time; e.g. 2026-01-31, 7d")
        ->type_name("TIME|DURATION");
    command->footer(
        "Examples:\n"
        "  tripmig audit --since 24h\n"
        "  tripmig audit --json | jq '.runs[] | select(.state != \"ended\")'\n"
        "Rows are kept for 400 days; `partition maintain` deletes older ones. `up` with nothing to do has no row.");
    commands.add(command, [since](Context& context) {
        print(context, app::list_audit(context, parse_since(*since, context.clock.now())), view::audit_json,
              view::audit_text);
        return ExitCode::ok;
    });
}

}  // namespace tripmig::cli
