#include "view/migrate/status.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "report/table.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"
#include "view/migrate/findings.hpp"

namespace tripmig::view {

namespace {

std::string number_text(const std::optional<std::int64_t>& number) {
    return number ? fmt::format("{}", *number) : std::string();
}

nlohmann::json locks_json(const db::MigrationLocks& locks) {
    nlohmann::json document{{"held_ms", or_null(locks.held_ms)}, {"relations", nlohmann::json::array()}};
    for (const auto& [relation, mode] : locks.modes)
        document["relations"].push_back({{"relation", relation}, {"mode", lock_mode(mode)}});
    return document;
}

void add_lock_rows(report::Table& table, const app::MigrationStatus& migration) {
    const db::MigrationLocks& locks = *migration.locks;
    if (locks.modes.empty())
        table.add_row({migration.version, migration.description, "none that block others", ""});
    bool is_first = true;
    for (const auto& [relation, mode] : locks.modes) {
        table.add_row({is_first ? migration.version : "", is_first ? migration.description : "",
                       fmt::format("{} on {}", lock_mode(mode), relation), is_first ? number_text(locks.held_ms) : ""});
        is_first = false;
    }
}

std::string workers_text(const app::StatusResult& result) {
    std::string text;
    for (const std::string& who : {result.running, result.maintaining})
        if (!who.empty())
            text += fmt::format("at work: {}\n", who);
    for (const app::OpenJob& open : result.jobs)
        text += fmt::format("{0} of {1}: {2}, {3}\n  hint: tripmig swap status {1}\n", open.job.kind,
                            sql::quoted(open.job.table), open.job.stage,
                            open.worker.empty() ? "no process works on it" : "at work: " + open.worker);
    return text;
}

nlohmann::json jobs_json(const std::vector<app::OpenJob>& jobs) {
    nlohmann::json list = nlohmann::json::array();
    for (const app::OpenJob& open : jobs)
        list.push_back({{"kind", open.job.kind},
                        {"table", name_json(open.job.table)},
                        {"stage", open.job.stage},
                        {"worker", text_or_null(open.worker)}});
    return list;
}

}  // namespace

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

std::string status_text(const app::StatusResult& result) {
    using Align = report::Table::Align;
    report::Table table({{"version"}, {"description"}, {"state"}, {"applied at (UTC)"}, {"ms", Align::right}});
    for (const app::MigrationStatus& migration : result.migrations)
        table.add_row({migration.version, migration.description, migration.state,
                       migration.applied_at ? format_timestamp(*migration.applied_at) : "",
                       number_text(migration.duration_ms)});
    std::string text = table.to_string();
    text += fmt::format("\n{} ({}): {}, {} pending\n", result.database, result.directory.string(),
                        result.version.empty() ? "no version yet" : "at version " + result.version, result.pending);
    text += workers_text(result);
    for (const migrate::Finding& finding : result.findings)
        text +=
            fmt::format("{}: {}\n  hint: {}\n", finding.is_error ? "error" : "warning", finding.message, finding.hint);
    return text;
}

std::string status_locks_text(const app::StatusResult& result) {
    using Align = report::Table::Align;
    report::Table table({{"version"}, {"description"}, {"strongest locks"}, {"held ms", Align::right}});
    for (const app::MigrationStatus& migration : result.migrations)
        if (migration.locks)
            add_lock_rows(table, migration);
    return table.to_string();
}

nlohmann::json status_json(const app::StatusResult& result) {
    nlohmann::json document{{"version", result.version},
                            {"pending", result.pending},
                            {"migrations", nlohmann::json::array()},
                            {"findings", findings_json(result.findings)},
                            {"running", text_or_null(result.running)},
                            {"maintaining", text_or_null(result.maintaining)},
                            {"jobs", jobs_json(result.jobs)}};
    for (const app::MigrationStatus& migration : result.migrations) {
        nlohmann::json each{{"version", migration.version},
                            {"description", migration.description},
                            {"state", migration.state},
                            {"applied_at", nullptr},
                            {"duration_ms", or_null(migration.duration_ms)},
                            {"file", migration.file},
                            {"stopped_at", stopped_at_json(migration.half_way)}};
        if (migration.applied_at)
            each["applied_at"] = time_json(*migration.applied_at);
        if (migration.locks)
            each["locks"] = locks_json(*migration.locks);
        document["migrations"].push_back(std::move(each));
    }
    return document;
}

}  // namespace tripmig::view
