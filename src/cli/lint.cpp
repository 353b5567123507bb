#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "cli/command.hpp"
#include "migrate/directory.hpp"
#include "report/table.hpp"
#include "sql/directive.hpp"
#include "sql/scanner.hpp"
#include "sql/statement_facts.hpp"

namespace tripmig::cli {

namespace {

std::string first_words(std::string_view text) {
    constexpr std::size_t width = 60;
    std::string words;
    for (const char c : text) {
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

nlohmann::json lint_file(const std::string& file, const std::string& text, report::Table& table) {
    sql::ScanOptions options;
    options.file = file;
    const sql::Script script = sql::scan(text, options);
    sql::directives(script, options);  // a mistyped directive is an error
    nlohmann::json statements = nlohmann::json::array();
    for (const sql::Statement& statement : script.statements) {
        const sql::Facts facts = sql::facts(statement.text, statement.standard_conforming_strings);
        statements.push_back({{"line", statement.line},
                              {"column", statement.column},
                              {"offset", statement.offset},
                              {"text", statement.text},
                              {"kind", facts.kind},
                              {"transactional", facts.is_transactional},
                              {"reason", facts.reason}});
        table.add_row({fmt::format("{}:{}", file, statement.line), facts.kind, facts.is_transactional ? "yes" : "no",
                       first_words(statement.text)});
    }
    return {{"file", file}, {"statements", statements}};
}

ExitCode lint(Context& context, const std::vector<std::string>& files) {
    nlohmann::json document{{"files", nlohmann::json::array()}};
    report::Table table({{"where"}, {"kind"}, {"transactional"}, {"statement"}});
    for (const std::string& file : files)
        document["files"].push_back(lint_file(file, migrate::read_file(file), table));
    if (context.json)
        context.out << document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
    else
        context.out << table.to_string();
    return ExitCode::ok;
}

}  // namespace

void add_lint(CLI::App& app, Commands& commands) {
    CLI::App* command = app.add_subcommand("lint", "Each statement of a file: its line, kind, transactional or not");
    auto files = std::make_shared<std::vector<std::string>>();
    command->add_option("files", *files, "SQL files")->required()->type_name("FILE...");
    command->footer(
        "Needs no database. A file that can't be split, or with an unknown directive, is an error (exit 2).\n"
        "Example:\n"
        "  tripmig --json lint migrations/*.sql | jq '.files[].statements[] | select(.transactional | not)'");
    commands.add(
        command, [files](Context& context) { return lint(context, *files); }, Needs::nothing);
}

}  // namespace tripmig::cli
