#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>

#include "base/counted.hpp"
#include "job/finding.hpp"
#include "sql/identifier.hpp"
#include "swap/preflight/environment.hpp"
#include "swap/preflight/statement_risk.hpp"

namespace tripmig::swap {

namespace {

constexpr std::array<std::string_view, 3> verbs{"will fail", "will mean something else", "will be slower"};

/// Notes each risk, the first few of a kind in full.
class RiskList {
  public:
    RiskList(job::Report& report, std::string subject) : m_report(report), m_subject(std::move(subject)) {}

    void add(const StatementRisk& risk, const std::string& where) {
        constexpr int most = 10;
        const auto kind = static_cast<std::size_t>(risk.kind);
        if (m_counts.at(kind)++ >= most) {
            ++m_hidden.at(kind);
            return;
        }
        m_report.note(m_subject, fmt::format("{}: {} {}", verbs.at(kind), risk.why, where), risk.instead);
    }

    [[nodiscard]] bool is_empty() const { return m_counts == std::array<int, 3>{}; }

    void tell_rest() {
        for (std::size_t kind = 0; kind < m_hidden.size(); ++kind)
            if (m_hidden.at(kind) > 0)
                m_report.note(m_subject, fmt::format("{} more {}", m_hidden.at(kind), verbs.at(kind)));
    }

  private:
    job::Report& m_report;
    std::string m_subject;
    std::array<int, 3> m_counts{};
    std::array<int, 3> m_hidden{};
};

std::string shortened(std::string_view query) {
    std::string text(query.substr(0, 120));
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return text;
}

void check_seen(const db::TableInfo& table, const Environment& around, const config::PartitionPolicy& policy,
                job::Report& report) {
    const std::string subject = "statements";
    if (!around.has_statement_statistics) {
        report.note(subject,
                    "pg_stat_statements cannot be read: the statements of the application are unknown, only functions "
                    "were read",
                    "look in the application for ON CONFLICT, look-ups without the partition key, ctid, ONLY, INSERT "
                    "... RETURNING xmin and COPY ... TO; docs/swap.md has the list");
        return;
    }
    RiskList list(report, "statement");
    for (const SeenStatement& seen : around.statements)
        for (const StatementRisk& risk : statement_risks(seen.query, table, policy))
            list.add(risk, fmt::format("({}, {:.2f} ms each): {}", counted(seen.calls, "call"), seen.mean_ms,
                                       shortened(seen.query)));
    list.tell_rest();
    if (around.hidden_statements > 0)
        report.note(
            subject,
            fmt::format("the text of {} of other roles is not visible", counted(around.hidden_statements, "statement")),
            fmt::format("GRANT pg_read_all_stats TO {}", sql::quote_ident(table.current_role)));
    if (list.is_empty())
        report.ok(subject, fmt::format("none in pg_stat_statements is affected; {} may concern the table",
                                       counted(around.statements.size(), "statement")));
}

void check_functions(const db::TableInfo& table, const Environment& around, const config::PartitionPolicy& policy,
                     job::Report& report) {
    RiskList list(report, "function");
    std::map<std::string, std::vector<std::string>> unread;
    for (const FunctionText& function : around.functions) {
        if (!can_read_language(function.language)) {
            unread[function.language].push_back(function.description);
            continue;
        }
        const std::string calls =
            function.calls ? counted(*function.calls, "call") : "calls unknown: track_functions is off";
        for (const StatementRisk& risk : function_risks(function, table, policy))
            list.add(risk, fmt::format("in {} ({})", function.description, calls));
    }
    list.tell_rest();
    for (const auto& [language, names] : unread)
        report.note("function", fmt::format("written in {}, not read: {}", language, fmt::join(names, ", ")),
                    "check what they do with the table");
}

}  // namespace

void check_statements(const db::TableInfo& table, const Environment& around, const config::PartitionPolicy& policy,
                      job::Report& report) {
    check_seen(table, around, policy, report);
    check_functions(table, around, policy, report);
}

}  // namespace tripmig::swap
