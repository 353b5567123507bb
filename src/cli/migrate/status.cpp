#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "cli/command.hpp"
#include "cli/migrate/migration_target.hpp"
#include "report/table.hpp"
#include "view/json_text.hpp"
#include "view/migration_findings.hpp"

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
    const migrate::HalfWay* half_way = nullptr;  ///< its own statements, or those of the file that undoes it
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
            case migrate::Finding::Kind::raw_hash:
            case migrate::Finding::Kind::late:
            case migrate::Finding::Kind::half_way:
                break;
        }
    }
    return row.kind == "baseline" || row.kind == "adopted" ? row.kind : "applied";
}

/// The undo of an applied version that stopped half way.
const migrate::HalfWay* half_undone(const db::AppliedMigration& row, const MigrationTarget& target,
                                    const std::vector<migrate::HalfWay>& half_way) {
    const auto version = migrate::Version::parse(row.version);
    for (const migrate::Migration& undo : target.directory.undo)
        if (version && undo.version == *version)
            return half_way_of(half_way, undo.file);
    return nullptr;
}

std::vector<Line> lines_of(const MigrationTarget& target, const std::vector<migrate::HalfWay>& half_way) {
    std::vector<Line> lines;
    for (const db::AppliedMigration& row : target.history.applied) {
        lines.push_back({row.kind == "R" ? "R" : row.version, row.description, state_of(row, target.comparison),
                         format_timestamp(row.applied_at), row.duration_ms ? fmt::format("{}", *row.duration_ms) : "",
                         row.file, half_undone(row, target, half_way)});
        if (lines.back().half_way != nullptr)
            lines.back().state = "undo " + lines.back().half_way->state();
    }
    for (const migrate::Migration* file : target.comparison.pending) {
        const migrate::HalfWay* stopped = half_way_of(half_way, file->file);
        lines.push_back({file->kind == migrate::Kind::repeatable ? "R" : file->version.text(), file->description,
                         stopped == nullptr ? "pending" : stopped->state(), "", "", file->file, stopped});
    }
    return lines;
}

/// null: it did not stop half way.
nlohmann::json json_of(const migrate::HalfWay* half_way) {
    if (half_way == nullptr)
        return nullptr;
    return {{"statement", half_way->next}, {"of", half_way->total}, {"line", half_way->line}};
}

using LocksById = std::map<std::int64_t, db::MigrationLocks>;
nlohmann::json json_of(const db::MigrationLocks& locks);

/// `locks`: nullptr without --locks.
void print_json(Context& context, const MigrationTarget& target, const std::vector<Line>& lines,
                const LocksById* locks) {
    nlohmann::json document{{"version", newest_version(target.history)},
                            {"pending", target.comparison.pending.size()},
                            {"migrations", nlohmann::json::array()},
                            {"findings", view::findings_json(target.comparison.findings)}};
    for (const Line& line : lines)
        document["migrations"].push_back({{"version", line.version},
                                          {"description", line.description},
                                          {"state", line.state},
                                          {"applied_at", line.applied_at},
                                          {"duration_ms", line.duration_ms},
                                          {"file", line.file},
                                          {"stopped_at", json_of(line.half_way)}});
    if (locks != nullptr)
        for (std::size_t i = 0; i < target.history.applied.size(); ++i) {
            const auto found = locks->find(target.history.applied[i].id);
            document["migrations"][i]["locks"] = json_of(found == locks->end() ? db::MigrationLocks{} : found->second);
        }
    context.out << view::json_text(document) << '\n';
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

/// "AccessExclusiveLock": "ACCESS EXCLUSIVE", as LOCK spells it.
std::string lock_mode(const std::string& name) {
    std::string mode;
    for (const char c : name.substr(0, name.size() - std::string_view("Lock").size())) {
        const bool is_upper = c >= 'A' && c <= 'Z';
        if (is_upper && !mode.empty())
            mode += ' ';
        mode += is_upper ? c : static_cast<char>(c - 'a' + 'A');
    }
    return mode;
}

void print_locks(Context& context, const MigrationTarget& target, const LocksById& locks) {
    using Align = report::Table::Align;
    report::Table table({{"version"}, {"description"}, {"strongest locks"}, {"held ms", Align::right}});
    for (const db::AppliedMigration& row : target.history.applied) {
        const auto found = locks.find(row.id);
        const std::string version = row.kind == "R" ? "R" : row.version;
        if (found == locks.end()) {
            table.add_row({version, row.description, "none that others wait for", ""});
            continue;
        }
        bool is_first = true;
        for (const auto& [relation, mode] : found->second.modes) {
            table.add_row({is_first ? version : "", is_first ? row.description : "",
                           fmt::format("{} on {}", lock_mode(mode), relation),
                           is_first && found->second.held_ms ? fmt::format("{}", *found->second.held_ms) : ""});
            is_first = false;
        }
    }
    context.out << table.to_string();
}

nlohmann::json json_of(const db::MigrationLocks& locks) {
    nlohmann::json document{{"held_ms", locks.held_ms ? nlohmann::json(*locks.held_ms) : nlohmann::json()},
                            {"relations", nlohmann::json::array()}};
    for (const auto& [relation, mode] : locks.modes)
        document["relations"].push_back({{"relation", relation}, {"mode", lock_mode(mode)}});
    return document;
}

struct StatusOptions {
    bool tells_by_exit_code = false;
    bool with_locks = false;
};

ExitCode status(Context& context, const StatusOptions& options) {
    MigrationTarget target = look_at(context, "status");
    const std::vector<migrate::HalfWay> half_way = find_half_way(context, target);
    const std::vector<Line> lines = lines_of(target, half_way);
    const LocksById locks = options.with_locks && target.history.has_state
                                ? db::read_locks(*target.connection, context.config.state.schema)
                                : LocksById{};
    if (context.json)
        print_json(context, target, lines, options.with_locks ? &locks : nullptr);
    else if (options.with_locks)
        print_locks(context, target, locks);
    else
        print_text(context, target, lines);
    if (!options.tells_by_exit_code)
        return ExitCode::ok;
    if (target.comparison.has_errors())
        return ExitCode::disagreement;
    return target.comparison.pending.empty() ? ExitCode::ok : ExitCode::pending;
}

}  // namespace

void add_status(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("status", "What is applied, what is pending, what does not agree");
    auto options = std::make_shared<StatusOptions>();
    command->add_flag("--exit-code", options->tells_by_exit_code,
                      "Exit 3 when migrations are pending, 4 when files and history disagree");
    command->add_flag("--locks", options->with_locks,
                      "Which strong locks each applied migration held, and for how long the strongest");
    command->footer(
        "Examples:\n"
        "  tripmig status\n"
        "  tripmig status --locks\n"
        "  tripmig status --exit-code --quiet && echo up to date\n"
        "  tripmig --json status | jq .pending");
    commands.add(command, [options](Context& context) { return status(context, *options); });
}

}  // namespace tripmig::cli
