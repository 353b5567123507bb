#include "view/migrate/lint.hpp"

#include <fmt/format.h>

#include <functional>

#include "base/counted.hpp"
#include "base/error.hpp"
#include "report/table.hpp"

namespace tripmig::view {

namespace {

using lint::Level;
using lint::LintedFile;
using lint::LintFinding;

void for_each_finding(const std::vector<LintedFile>& files, const std::function<void(const LintFinding&)>& action) {
    for (const LintedFile& file : files) {
        for (const LintFinding& finding : file.findings)
            action(finding);
        for (const lint::LintedStatement& statement : file.statements)
            for (const LintFinding& finding : statement.findings)
                action(finding);
    }
}

std::string first_words(std::string_view text) {
    constexpr std::size_t width = 48;
    std::string words;
    for (const char c : text.substr(0, 4 * width)) {
        const bool is_blank = c == ' ' || c == '\n' || c == '\r' || c == '\t';
        if (!is_blank)
            words += c;
        else if (!words.empty() && words.back() != ' ')
            words += ' ';
    }
    if (words.size() <= width)
        return words;
    words.resize(width);
    while (!words.empty() && (static_cast<unsigned char>(words.back()) & 0x80U) != 0)
        words.pop_back();
    return words + " ...";
}

void append_passes(std::string& text, std::string_view verb, const std::vector<lint::TablePass>& passes) {
    for (const lint::TablePass& pass : passes)
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", pass.is_certain ? verb : fmt::format("may {}", verb),
                            pass.table);
}

/// "SHARE on orders, ACCESS SHARE on users; rewrites orders": what a statement takes and touches.
std::string effects_text(const lint::Effects& effects) {
    std::string text;
    for (const lint::TableLock& lock : effects.locks)
        text += fmt::format("{}{} on {}", text.empty() ? "" : ", ", to_string(lock.mode), lock.relation);
    append_passes(text, "rewrite", effects.rewrites);
    append_passes(text, "read", effects.scans);
    for (const std::string& table : effects.emptied)
        text += fmt::format("; empty {}", table);
    return effects.is_opaque ? "not visible in the text" : text;
}

}  // namespace

std::string lint_text(const app::LintResult& result) {
    std::string text;
    for_each_finding(result.files, [&](const LintFinding& finding) {
        if (!finding.ignored.empty())
            return;
        Error shown(ExitCode::disagreement, fmt::format("{}: {}", to_string(finding.level), finding.message),
                    finding.hint);
        text += describe(shown.at(finding.position)) + "\n";
    });
    return text;
}

std::string lint_statements_text(const app::LintResult& result) {
    report::Table table({{"where"}, {"kind"}, {"transactional"}, {"locks"}, {"statement"}});
    for (const LintedFile& file : result.files)
        for (const lint::LintedStatement& statement : file.statements)
            table.add_row({fmt::format("{}:{}", statement.position.file, statement.position.line), statement.facts.kind,
                           statement.facts.is_transactional ? "yes" : "no", effects_text(statement.effects),
                           first_words(statement.text)});
    return (table.empty() ? std::string() : table.to_string() + "\n") + lint_text(result);
}

namespace {

/// As GitHub's workflow commands want it: a property also without : and ,
std::string escaped(std::string_view text, bool is_property) {
    std::string result;
    for (const char c : text) {
        const bool is_mark = c == '%' || c == '\r' || c == '\n' || (is_property && (c == ':' || c == ','));
        if (is_mark)
            result += fmt::format("%{:02X}", static_cast<unsigned>(static_cast<unsigned char>(c)));
        else
            result += c;
    }
    return result;
}

}  // namespace

std::string lint_github_text(const app::LintResult& result) {
    std::string text;
    for_each_finding(result.files, [&](const LintFinding& finding) {
        if (!finding.ignored.empty())
            return;
        const std::string_view command = finding.level == Level::note ? "notice" : to_string(finding.level);
        text += fmt::format("::{} file={},line={},col={},title={}::{}\n", command, escaped(finding.position.file, true),
                            finding.position.line, finding.position.column, escaped(finding.rule->name, true),
                            escaped(finding.message + (finding.hint.empty() ? "" : "\n" + finding.hint), false));
    });
    return text;
}

namespace {

using Json = nlohmann::ordered_json;

Json json_of(const LintFinding& finding) {
    Json json{{"rule", finding.rule->name},    {"level", to_string(finding.level)}, {"file", finding.position.file},
              {"line", finding.position.line}, {"column", finding.position.column}, {"message", finding.message},
              {"hint", finding.hint}};
    if (!finding.ignored.empty())
        json["ignored"] = finding.ignored;
    return json;
}

Json json_of(const std::vector<lint::TablePass>& passes) {
    Json json = Json::array();
    for (const lint::TablePass& pass : passes)
        json.push_back({{"table", pass.table}, {"certain", pass.is_certain}, {"why", pass.why}});
    return json;
}

Json json_of(const lint::LintedStatement& statement) {
    Json locks = Json::array();
    for (const lint::TableLock& lock : statement.effects.locks)
        locks.push_back({{"relation", lock.relation}, {"mode", to_string(lock.mode)}});
    Json findings = Json::array();
    for (const LintFinding& finding : statement.findings)
        findings.push_back(json_of(finding));
    Json json{{"file", statement.position.file},
              {"line", statement.position.line},
              {"column", statement.position.column},
              {"text", statement.text},
              {"kind", statement.facts.kind},
              {"transactional", statement.facts.is_transactional},
              {"reason", statement.facts.reason},
              {"opaque", statement.effects.is_opaque},
              {"locks", locks},
              {"rewrites", json_of(statement.effects.rewrites)},
              {"scans", json_of(statement.effects.scans)},
              {"empties", statement.effects.emptied},
              {"findings", findings}};
    if (statement.batch)
        json["batch"] = {
            {"by", statement.batch->by}, {"size", statement.batch->size}, {"pause_ms", statement.batch->pause.count()}};
    return json;
}

std::string_view direction(lint::FileKind kind) {
    return kind == lint::FileKind::versioned ? "up" : kind == lint::FileKind::undo ? "down" : "repeatable";
}

}  // namespace

Json lint_json(const app::LintResult& result) {
    Json document{{"files", Json::array()}};
    for (const LintedFile& file : result.files) {
        Json statements = Json::array();
        for (const lint::LintedStatement& statement : file.statements)
            statements.push_back(json_of(statement));
        Json own = Json::array();
        for (const LintFinding& finding : file.findings)
            own.push_back(json_of(finding));
        document["files"].push_back({{"file", file.file},
                                     {"direction", direction(file.kind)},
                                     {"transactional", file.is_transactional},
                                     {"reason", file.why_not},
                                     {"statements", statements},
                                     {"findings", own}});
        if (!file.swapped.empty())
            document["files"].back()["swap"] = {{"table", file.swapped}};
    }
    const app::LintCount count = result.count();
    document["errors"] = count.errors;
    document["warnings"] = count.warnings;
    document["notes"] = count.notes;
    document["ignored"] = count.ignored;
    return document;
}

std::string lint_summary(const app::LintResult& result) {
    const app::LintCount count = result.count();
    return fmt::format("{}: {}, {}, {}{}", counted(result.files.size(), "file"), counted(count.errors, "error"),
                       counted(count.warnings, "warning"), counted(count.notes, "note"),
                       count.ignored == 0 ? std::string() : fmt::format(", {} ignored", count.ignored));
}

}  // namespace tripmig::view
