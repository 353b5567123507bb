#include "view/audit/audit.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "report/table.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

namespace {

std::string_view state_name(app::AuditedRun::State state) {
    switch (state) {
        case app::AuditedRun::State::running:
            return "running";
        case app::AuditedRun::State::killed:
            return "killed";
        case app::AuditedRun::State::unknown:
            return "no end";
        case app::AuditedRun::State::ended:
            break;
    }
    return "ended";
}

}  // namespace

std::string audit_text(const app::AuditResult& result) {
    if (result.runs.empty())
        return "nothing was changed\n";
    using Align = report::Table::Align;
    report::Table table({{"started at (UTC)"}, {"command"}, {"who"}, {"ms", Align::right}, {"exit"}, {"message"}});
    for (const app::AuditedRun& run : result.runs) {
        const db::AuditEntry& entry = run.entry;
        const bool is_ended = run.state == app::AuditedRun::State::ended;
        table.add_row(
            {entry.started_at, entry.command + (entry.options.empty() ? "" : " " + entry.options),
             fmt::format("{}@{} as {}", entry.os_user, entry.host, entry.db_role),
             entry.duration_ms ? fmt::format("{}", *entry.duration_ms) : "",
             is_ended && entry.exit_code ? fmt::format("{}", *entry.exit_code) : std::string(state_name(run.state)),
             entry.message.value_or("")});
    }
    return table.to_string();
}

nlohmann::json audit_json(const app::AuditResult& result) {
    nlohmann::json document{{"runs", nlohmann::json::array()}};
    for (const app::AuditedRun& run : result.runs) {
        const db::AuditEntry& entry = run.entry;
        document["runs"].push_back({{"id", entry.id},
                                    {"command", entry.command},
                                    {"options", entry.options},
                                    {"os_user", entry.os_user},
                                    {"host", entry.host},
                                    {"pid", entry.pid},
                                    {"db_role", entry.db_role},
                                    {"application", entry.application},
                                    {"client_address", or_null(entry.client_address)},
                                    {"tool_version", entry.tool_version},
                                    {"started_at", time_json(entry.started_at)},
                                    {"ended_at", time_json(entry.ended_at)},
                                    {"duration_ms", or_null(entry.duration_ms)},
                                    {"state", state_name(run.state)},
                                    {"exit_code", or_null(entry.exit_code)},
                                    {"message", or_null(entry.message)}});
    }
    return document;
}

}  // namespace tripmig::view
