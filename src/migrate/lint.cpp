#include "migrate/lint.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <utility>

#include "base/nearest.hpp"
#include "db/server_error.hpp"
#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate {

namespace hazards {

namespace {

/// In characters from 1, as a server counts.
std::size_t character_at(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    return 1 + static_cast<std::size_t>(std::count_if(before.begin(), before.end(), [](char c) {
               return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
           }));
}

}  // namespace

void Sight::add(std::string_view rule, const std::string& message, std::string hint, std::size_t offset,
                std::optional<Level> level) {
    const LintRule* found = find_lint_rule(rule);
    if (found == nullptr)
        throw Error(ExitCode::unexpected, fmt::format("lint has no rule \"{}\"", rule));
    LintFinding& finding = findings.emplace_back();
    finding.rule = found;
    finding.level = level.value_or(found->level);
    finding.message = fmt::format("{} [{}]", message, rule);
    finding.hint = std::move(hint);
    finding.position = db::position_in_file(source_of(statement), statement.sql, character_at(statement.sql, offset));
}

bool Sight::is_undone(const std::string& table) const {
    const KnownTable* known = schema.table(table);
    return file.kind == Kind::undo && known != nullptr && known->made_in == file.undoes;
}

bool Sight::is_undone(const std::string& table, const std::string& column) const {
    const KnownTable* known = schema.table(table);
    if (file.kind != Kind::undo || known == nullptr)
        return false;
    const auto found = known->columns.find(column);
    return known->made_in == file.undoes || (found != known->columns.end() && found->second.made_in == file.undoes);
}

}  // namespace hazards

namespace {

using hazards::FileState;
using hazards::Sight;

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

std::string swapped_table(const Script& script) {
    return script.directives.swap ? fmt::format("{}", fmt::join(script.directives.swap->table, ".")) : std::string();
}

LintFinding unknown_rule(const sql::IgnoredRule& ignored, const std::string& file) {
    const std::string guess = nearest(ignored.rule, lint_rule_names());
    return own_finding("unknown-rule", fmt::format("there is no rule \"{}\"", ignored.rule),
                       guess.empty() ? "docs/lint.md has all of them" : fmt::format("did you mean \"{}\"?", guess),
                       position_of(ignored, file));
}

LintFinding unused_ignore(const sql::IgnoredRule& ignored, const std::string& file) {
    return own_finding("unused-ignore", fmt::format("ignore={} ignores nothing", ignored.rule),
                       "take it out, so that it hides nothing later", position_of(ignored, file));
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

void apply_ignores(const ScriptStatement& statement, std::vector<LintFinding>& findings) {
    std::vector<LintFinding> own;
    for (const sql::IgnoredRule& ignored : statement.directives->ignored) {
        if (find_lint_rule(ignored.rule) == nullptr)
            own.push_back(unknown_rule(ignored, std::string(statement.file)));
        else if (!ignore(findings, ignored))
            own.push_back(unused_ignore(ignored, std::string(statement.file)));
    }
    findings.insert(findings.end(), own.begin(), own.end());
}

void apply_file_ignores(const Script& script, LintedFile& linted) {
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
void add_settled(const ScriptStatement& statement, LintedFile& linted) {
    const bool commits = statement.facts->control == sql::TransactionControl::commit;
    std::vector<LintFinding> findings{
        own_finding("transaction-control",
                    commits ? "COMMIT ends a transaction that the tool began, not the file: what follows is another one"
                            : "BEGIN in a transaction that the tool began does nothing",
                    commits ? "split the file here, so that each file is one transaction" : "leave it out",
                    migrate::position_of(statement))};
    apply_ignores(statement, findings);
    linted.findings.insert(linted.findings.end(), findings.begin(), findings.end());
}

/// What is made later in the same file: DROP VIEW and CREATE VIEW of one name is a change, no loss.
std::map<std::string, std::size_t> creations(const Script& script, const KnownSchema& schema) {
    std::map<std::string, std::size_t> found;
    for (std::size_t i = 0; i < script.statements.size(); ++i) {
        const sql::Facts& facts = *script.statements[i].facts;
        if (facts.kind == "create table" || facts.kind == "create view" || facts.kind == "create materialized view")
            found[schema.key(facts.target)] = i;
    }
    return found;
}

void look(Sight& sight) {
    hazards::enter(sight);
    hazards::alter_table(sight);
    hazards::index(sight);
    hazards::drop(sight);
    hazards::maintenance(sight);
    hazards::data(sight);
    hazards::session(sight);
    hazards::transaction(sight);
}

}  // namespace

LintedFile Linter::lint(const Script& script, std::string file, Kind kind) {
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
        const ScriptStatement& statement = script.statements[i];
        LintedStatement result;
        if (m_keeps_all) {
            result.text = statement.sql;
            result.facts = *statement.facts;
            result.batch = statement.directives->batch;
            result.position = migrate::position_of(statement);
        }
        result.effects = effects_of(statement.sql, *statement.facts, m_schema);
        Sight sight{statement, i, result.effects, m_schema, state, result.findings};
        look(sight);
        apply_ignores(statement, result.findings);
        m_schema.apply(statement.sql, *statement.facts, true);
        if (m_keeps_all || !result.findings.empty())
            linted.statements.push_back(std::move(result));
    }
    for (const ScriptStatement& statement : script.settled)
        add_settled(statement, linted);
    if (script.statements.empty() && script.settled.empty() && !script.directives.swap && kind != Kind::undo)
        linted.findings.push_back(own_finding("empty-file", "this file has no statement",
                                              "write it or remove the file; `SELECT 1;` says that it is to do nothing",
                                              {linted.file, 1, 1, {}}));
    apply_file_ignores(script, linted);
    return linted;
}

}  // namespace tripmig::migrate
