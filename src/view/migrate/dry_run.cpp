#include "view/migrate/dry_run.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <string_view>

#include "migrate/batch.hpp"
#include "view/error_json.hpp"
#include "view/json_values.hpp"
#include "view/migrate/findings.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

/// "one transaction", and what it says itself of it.
std::string mode_text(const app::PendingFile& file) {
    if (file.swap)
        return "swap";
    if (!file.is_transactional)
        return fmt::format("one statement at a time: {}{}", file.why_not,
                           file.half_way ? "; " + file.half_way->state() + ", resumes there" : "");
    const std::string modes = file.units.empty() ? "" : file.units.front().modes;
    return "one transaction" + (modes.empty() ? "" : ", " + modes);
}

std::string statement_text(const app::PendingStatement& statement) {
    const std::string place = fmt::format("  {}:{}  ", statement.file, statement.line);
    const std::size_t end = statement.sql.find('\n');
    return (statement.batch ? fmt::format("{}in batches ({}):\n", place, migrate::describe(*statement.batch)) : "") +
           place + statement.sql.substr(0, end) + (end == std::string::npos ? "\n" : " ...\n");
}

std::string file_text(const app::PendingFile& file) {
    std::string text = fmt::format("{}  ({})\n", file.file, mode_text(file));
    for (const std::string& query : file.expected)
        text += fmt::format("  expects {}\n", query);
    if (file.swap)
        text += fmt::format("  {}:{}  {}\n", file.file, file.swap->line, file.swap->outlook);
    for (const app::PendingUnit& unit : file.units)
        for (const app::PendingStatement& statement : unit.statements)
            text += statement_text(statement);
    return text;
}

std::string statement_sql(const app::PendingStatement& statement) {
    std::string text = statement.batch ? fmt::format("-- in batches: {}\n", migrate::describe(*statement.batch)) : "";
    text += statement.sql + ";\n";
    if (!statement.copy_data.empty())
        text += statement.copy_data + "\\.\n";
    return text;
}

std::string file_sql(const app::PendingFile& file) {
    std::string text =
        fmt::format("-- {}{}\n", file.file, file.half_way ? ", " + file.half_way->state() + ": the rest" : "");
    for (const std::string& query : file.expected)
        text += fmt::format("-- expects {}\n", query);
    if (file.swap)
        text += fmt::format("-- {}\n", file.swap->outlook);
    for (const app::PendingUnit& unit : file.units) {
        if (unit.is_transaction)
            text += "BEGIN" + (unit.modes.empty() ? "" : " " + unit.modes) + ";\n";
        for (const app::PendingStatement& statement : unit.statements)
            text += statement_sql(statement);
        text += unit.is_transaction ? "COMMIT;\n" : "";
    }
    return text + '\n';
}

json statements_json(const app::PendingFile& file) {
    json statements = json::array();
    for (const app::PendingUnit& unit : file.units)
        for (const app::PendingStatement& statement : unit.statements) {
            json each{{"file", statement.file},
                      {"line", statement.line},
                      {"sql", statement.sql},
                      {"transaction", unit.is_transaction}};
            if (const auto& batch = statement.batch)
                each["batch"] = {{"by", batch->by}, {"size", batch->size}, {"pause_ms", batch->pause.count()}};
            statements.push_back(std::move(each));
        }
    return statements;
}

json file_json(const app::PendingFile& file) {
    json document{{"file", file.file},
                  {"version", file.version},
                  {"description", file.description},
                  {"transactional", file.is_transactional && !file.swap},
                  {"stopped_at", stopped_at_json(file.half_way)},
                  {"expects", file.expected},
                  {"statements", statements_json(file)}};
    if (file.swap)
        document["swap"] = {{"table", name_json(file.swap->table)}, {"outlook", file.swap->outlook}};
    return document;
}

std::string targets_previews(const app::TargetsResult& result, std::string_view comment,
                             std::string (*shown)(const app::DryRun&)) {
    std::string text;
    for (const app::TargetOutcome& target : result.targets) {
        text += fmt::format("{}{}target {}{}\n", text.empty() ? "" : "\n", comment, target.name,
                            !target.was_started ? ": not started"
                            : target.failure    ? ": failed"
                                                : "");
        if (target.was_started && !target.failure)
            text += shown(target.preview);
    }
    return text;
}

}  // namespace

std::string dry_run_text(const app::DryRun& preview) {
    if (preview.pending.empty())
        return "nothing pending\n";
    std::string text;
    for (const app::PendingFile& file : preview.pending)
        text += file_text(file);
    return text;
}

std::string dry_run_sql(const app::DryRun& preview) {
    if (preview.pending.empty())
        return "-- nothing pending\n";
    std::string text;
    for (const app::PendingFile& file : preview.pending)
        text += file_sql(file);
    return text;
}

json dry_run_json(const app::DryRun& preview) {
    json document{{"pending", json::array()}};
    for (const app::PendingFile& file : preview.pending)
        document["pending"].push_back(file_json(file));
    return document;
}

std::string targets_dry_run_text(const app::TargetsResult& result) {
    return targets_previews(result, "", dry_run_text);
}

std::string targets_dry_run_sql(const app::TargetsResult& result) {
    return targets_previews(result, "-- ", dry_run_sql);
}

json targets_dry_run_json(const app::TargetsResult& result) {
    json document{{"targets", json::array()}};
    for (const app::TargetOutcome& target : result.targets) {
        json each{{"name", target.name}};
        if (target.was_started && !target.failure)
            each.update(dry_run_json(target.preview));
        if (target.failure)
            each["error"] = error_json(*target.failure);
        document["targets"].push_back(std::move(each));
    }
    return document;
}

}  // namespace tripmig::view
