#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "cli/migration_target.hpp"
#include "report/table.hpp"

namespace tripmig::cli {

namespace {

/// A line of `status`: a migration that is applied, pending, or both known and changed.
struct Line {
    std::string version;
    std::string description;
    std::string state;
    std::string applied_at;
    std::string duration_ms;
    std::string file;
};

std::string state_of(const db::AppliedMigration& row, const migrate::Comparison& comparison) {
    for (const migrate::Finding& finding : comparison.findings) {
        if (finding.file != row.file)
            continue;
        switch (finding.kind) {
            case migrate::Finding::Kind::changed_tokens:
                return "changed";
            case migrate::Finding::Kind::missing:
                return "file missing";
            case migrate::Finding::Kind::newer:
                return "newer";
            case migrate::Finding::Kind::changed_text:
            case migrate::Finding::Kind::late:
                break;
        }
    }
    return row.kind == "baseline" || row.kind == "adopted" ? row.kind : "applied";
}

std::vector<Line> lines_of(const MigrationTarget& target) {
    std::vector<Line> lines;
    for (const db::AppliedMigration& row : target.history.applied)
        lines.push_back({row.kind == "R" ? "R" : row.version, row.description, state_of(row, target.comparison),
                         row.applied_at, row.duration_ms ? fmt::format("{}", *row.duration_ms) : "", row.file});
    for (const migrate::Migration* file : target.comparison.pending)
        lines.push_back({file->kind == migrate::Kind::repeatable ? "R" : file->version.text(), file->description,
                         "pending", "", "", file->file});
    return lines;
}

void print_json(Context& context, const MigrationTarget& target, const std::vector<Line>& lines) {
    nlohmann::json document{{"version", newest_version(target.history)},
                            {"pending", target.comparison.pending.size()},
                            {"migrations", nlohmann::json::array()},
                            {"findings", nlohmann::json::array()}};
    for (const Line& line : lines)
        document["migrations"].push_back({{"version", line.version},
                                          {"description", line.description},
                                          {"state", line.state},
                                          {"applied_at", line.applied_at},
                                          {"duration_ms", line.duration_ms},
                                          {"file", line.file}});
    for (const migrate::Finding& finding : target.comparison.findings)
        document["findings"].push_back({{"file", finding.file},
                                        {"error", finding.is_error},
                                        {"message", finding.message},
                                        {"hint", finding.hint}});
    context.out << document.dump(2) << '\n';
}

void print_text(Context& context, const MigrationTarget& target, const std::vector<Line>& lines) {
    using Align = report::Table::Align;
    report::Table table({{"version"}, {"description"}, {"state"}, {"applied at (UTC)"}, {"ms", Align::right}});
    for (const Line& line : lines)
        table.add_row({line.version, line.description, line.state, line.applied_at, line.duration_ms});
    const std::string version = newest_version(target.history);
    context.out << table.to_string();
    context.out << fmt::format(
        "\n{} ({}): {}, {} pending\n", target.connection->description(), target.directory.path.string(),
        version.empty() ? "no version yet" : "at version " + version, target.comparison.pending.size());
    for (const migrate::Finding& finding : target.comparison.findings)
        context.out << fmt::format("{}: {}\n  hint: {}\n", finding.is_error ? "error" : "warning", finding.message,
                                   finding.hint);
}

ExitCode status(Context& context, bool tells_by_exit_code) {
    const MigrationTarget target = look_at(context, "status");
    const std::vector<Line> lines = lines_of(target);
    if (context.json)
        print_json(context, target, lines);
    else
        print_text(context, target, lines);
    if (!tells_by_exit_code)
        return ExitCode::ok;
    if (target.comparison.has_errors())
        return ExitCode::disagreement;
    return target.comparison.pending.empty() ? ExitCode::ok : ExitCode::pending;
}

}  // namespace

void add_status(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("status", "What is applied, what is pending, what does not agree");
    auto tells_by_exit_code = std::make_shared<bool>(false);
    command->add_flag("--exit-code", *tells_by_exit_code,
                      "Exit 3 when migrations are pending, 4 when files and history disagree");
    command->footer(
        "Examples:\n"
        "  tripmig status\n"
        "  tripmig status --exit-code --quiet && echo up to date\n"
        "  tripmig --json status | jq .pending");
    commands.add(command, [tells_by_exit_code](Context& context) { return status(context, *tells_by_exit_code); });
}

}  // namespace tripmig::cli
