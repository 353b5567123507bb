#include "lint/linter.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/nearest.hpp"
#include "lint/hazards/hazards.hpp"
#include "lint/statement_effects.hpp"
#include "sql/source_position.hpp"

namespace tripmig::lint {

namespace {

using hazards::FileState;
using hazards::LintContext;

SourcePosition position_of(const sql::IgnoredRule& ignored, const std::string& file) {
    return {file, ignored.line, 1, fmt::format("-- tripmig: ignore={} {}", ignored.rule, ignored.reason)};
}

LintFinding own_finding(std::string_view rule, const std::string& message, std::string hint, SourcePosition position) {
    LintFinding finding;
    finding.rule = find_lint_rule(rule);
    finding.level = finding.rule->level;
    finding.message = fmt::format("{} [{}]", message, rule);
    finding.hint = std::move(hint);
    finding.position = std::move(position);
    return finding;
}

std::string swapped_table(const sql::Script& script) {
    return script.directives.swap ? fmt::format("{}", fmt::join(script.directives.swap->table, ".")) : std::string();
}

LintFinding unknown_rule(const sql::IgnoredRule& ignored, const std::string& file) {
    const std::string guess = nearest(ignored.rule, lint_rule_names());
    return own_finding("unknown-rule", fmt::format("rule \"{}\" does not exist", ignored.rule),
                       guess.empty() ? "docs/lint.md lists all rules" : fmt::format("did you mean \"{}\"?", guess),
                       position_of(ignored, file));
}

LintFinding unused_ignore(const sql::IgnoredRule& ignored, const std::string& file) {
    return own_finding("unused-ignore", fmt::format("ignore={} ignores nothing", ignored.rule),
                       "remove it, so that it cannot hide a later finding", position_of(ignored, file));
}

/// Marks the findings of that rule. False: there was none.
bool ignore(std::vector<LintFinding>& findings, const sql::IgnoredRule& ignored) {
    bool is_used = false;
    for (LintFinding& finding : findings) {
        if (finding.rule->name != ignored.rule)
            continue;
        finding.ignored = ignored.reason;
        is_used = true;
    }
    return is_used;
}

void apply_ignores(const sql::ScriptStatement& statement, std::vector<LintFinding>& findings) {
    std::vector<LintFinding> own;
    for (const sql::IgnoredRule& ignored : statement.directives->ignored) {
        if (find_lint_rule(ignored.rule) == nullptr)
            own.push_back(unknown_rule(ignored, std::string(statement.file)));
        else if (!ignore(findings, ignored))
            own.push_back(unused_ignore(ignored, std::string(statement.file)));
    }
    findings.insert(findings.end(), own.begin(), own.end());
}

void apply_file_ignores(const sql::Script& script, LintedFile& linted) {
    for (const sql::IgnoredRule& ignored : script.directives.ignored) {
        if (find_lint_rule(ignored.rule) == nullptr) {
            linted.findings.push_back(unknown_rule(ignored, linted.file));
            continue;
        }
        bool is_used = ignore(linted.findings, ignored);
        for (LintedStatement& statement : linted.statements)
            is_used = ignore(statement.findings, ignored) || is_used;
        if (!is_used)
            linted.findings.push_back(unused_ignore(ignored, linted.file));
    }
}

/// A BEGIN or COMMIT that only the file's own tool gives a meaning.
void add_settled(const sql::ScriptStatement& statement, LintedFile& linted) {
    const bool commits = statement.facts->control == sql::TransactionControl::commit;
    std::vector<LintFinding> findings{
        own_finding("transaction-control",
                    commits ? "COMMIT ends the transaction that the tool began: what follows runs in another one"
                            : "BEGIN in a transaction that the tool began does nothing",
                    commits ? "split the file here, so that each file is one transaction" : "remove it",
                    sql::position_of(statement))};
    apply_ignores(statement, findings);
    linted.findings.insert(linted.findings.end(), findings.begin(), findings.end());
}

/// What is made later in the same file: DROP VIEW and CREATE VIEW of one name is a change, no loss.
std::map<std::string, std::size_t> creations(const sql::Script& script, const KnownSchema& schema) {
    std::map<std::string, std::size_t> found;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const sql::Facts& facts = *script.statements[i].facts;
        if (facts.kind == "create table" || facts.kind == "create view" || facts.kind == "create materialized view")
            found[schema.key(facts.target)] = i;
    }
    return found;
}

void check_statement(LintContext& context) {
    hazards::begin_transaction(context);
    hazards::check_alter_table(context);
    hazards::check_index(context);
    hazards::check_drop(context);
    hazards::check_maintenance(context);
    hazards::check_data(context);
    hazards::check_session(context);
    hazards::check_transaction(context);
}

}  // namespace

LintedFile Linter::lint(const sql::Script& script, std::string file, FileKind kind) {
    FileState state;
    state.undoes = m_files;
    m_schema.begin_file(++m_files);
    state.kind = kind;
    state.is_transactional = script.is_transactional;
    state.creates = creations(script, m_schema);
    state.has_concurrent = std::any_of(script.statements.begin(), script.statements.end(), [](const auto& statement) {
        return statement.facts->is_concurrent && !statement.facts->is_transactional;
    });
    LintedFile linted{std::move(file), kind, script.is_transactional, script.why_not, {}, {}, swapped_table(script)};
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const sql::ScriptStatement& statement = script.statements[i];
        LintedStatement result;
        if (m_keeps_all) {
            result.text = statement.sql;
            result.facts = *statement.facts;
            result.batch = statement.directives->batch;
            result.position = sql::position_of(statement);
        }
        result.effects = effects_of(statement.sql, *statement.facts, m_schema);
        LintContext context{statement, i, result.effects, m_schema, state, result.findings};
        check_statement(context);
        apply_ignores(statement, result.findings);
        m_schema.apply(statement.sql, *statement.facts, true);
        if (m_keeps_all || !result.findings.empty())
            linted.statements.push_back(std::move(result));
    }
    for (const sql::ScriptStatement& statement : script.settled)
        add_settled(statement, linted);
    if (script.statements.empty() && script.settled.empty() && !script.directives.swap && kind != FileKind::undo)
        linted.findings.push_back(own_finding(
            "empty-file", "this file has no statements",
            "write it, or remove the file; for a file that does nothing, write `SELECT 1;`", {linted.file, 1, 1, {}}));
    apply_file_ignores(script, linted);
    return linted;
}

}  // namespace tripmig::lint
