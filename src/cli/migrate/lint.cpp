#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <filesystem>
#include <limits>
#include <nlohmann/json.hpp>

#include "base/error.hpp"
#include "cli/command.hpp"
#include "cli/migrate/migration_target.hpp"
#include "migrate/directory.hpp"
#include "migrate/script.hpp"
#include "view/json_text.hpp"
#include "view/lint.hpp"

namespace tripmig::cli {

namespace fs = std::filesystem;

namespace {

struct LintOptions {
    std::vector<std::string> files;
    bool lists_statements = false;
    bool for_github = false;
};

/// "V1__a.sql" in the messages becomes "migrations/V1__a.sql": what a person, and GitHub, can open.
void prepend(const fs::path& folder, lint::LintedFile& file) {
    const auto in_folder = [&](std::string& name) { name = (folder / name).lexically_normal().generic_string(); };
    in_folder(file.file);
    for (lint::LintFinding& finding : file.findings)
        in_folder(finding.position.file);
    for (lint::LintedStatement& statement : file.statements) {
        in_folder(statement.position.file);
        for (lint::LintFinding& finding : statement.findings)
            in_folder(finding.position.file);
    }
}

/// Lints a directory's migrations in the order in which they run, each with its way back.
class DirectoryLint {
  public:
    /// Of files with more statements than `most_listed` only those with a finding are kept.
    DirectoryLint(const Context& context, const fs::path& folder, std::size_t most_listed)
        : m_context(context), m_folder(folder), m_most_listed(most_listed) {}

    void add(const migrate::Migration& migration, const migrate::Migration* undo) {
        lint(m_linter, migration);
        if (undo == nullptr)
            return;
        lint::Linter aside = m_linter;
        lint(aside, *undo);
    }

    std::vector<lint::LintedFile> files;
    std::vector<fs::path> paths;  ///< of the files, canonical

  private:
    void lint(lint::Linter& linter, const migrate::Migration& migration) {
        const sql::Script script = migrate::load_script(migration, m_folder, m_context.config.migrations.placeholders);
        linter.set_keeps_all(script.statements.size() <= m_most_listed);
        files.push_back(linter.lint(script, migration.file, migration.kind));
        prepend(m_folder, files.back());
        paths.push_back(fs::weakly_canonical(migration.path));
    }

    const Context& m_context;
    fs::path m_folder;
    std::size_t m_most_listed;
    lint::Linter m_linter;
};

const migrate::Migration* undo_of(const std::vector<migrate::Migration>& undo, const migrate::Version& version) {
    const auto found =
        std::find_if(undo.begin(), undo.end(), [&](const migrate::Migration& file) { return file.version == version; });
    return found == undo.end() ? nullptr : &*found;
}

DirectoryLint lint_directory(const Context& context, std::size_t most_listed) {
    const migrate::Directory directory = read_migrations(context);
    DirectoryLint linted(context, directory.path, most_listed);
    for (const migrate::Migration& migration : directory.versioned)
        linted.add(migration, undo_of(directory.undo, migration.version));
    for (const migrate::Migration& migration : directory.repeatable)
        linted.add(migration, nullptr);
    return linted;
}

bool is_inside(const fs::path& path, const fs::path& folder) {
    const fs::path relative = fs::weakly_canonical(path).lexically_relative(fs::weakly_canonical(folder));
    return !relative.empty() && *relative.begin() != "..";
}

/// A named file with more statements than that is data: those without a finding are listed when --statements says so.
constexpr std::size_t most_listed_unasked = 1000;
constexpr std::size_t all_statements = std::numeric_limits<std::size_t>::max();

/// Files of the migrations directory are read with all that comes before them; others stand for themselves, each
/// behind the one named before it.
std::vector<lint::LintedFile> lint_files(const Context& context, const std::vector<std::string>& names,
                                         std::size_t most_listed) {
    std::optional<DirectoryLint> directory;
    lint::Linter alone;
    std::vector<lint::LintedFile> linted;
    for (const std::string& name : names) {
        bool is_found = false;
        if (is_inside(name, context.config.migrations.dir)) {
            if (!directory)
                directory.emplace(lint_directory(context, most_listed));
            for (std::size_t i = 0; i < directory->files.size(); ++i) {
                if (directory->paths[i] != fs::weakly_canonical(name))
                    continue;
                linted.push_back(directory->files[i]);
                is_found = true;
            }
        }
        if (is_found)
            continue;
        const fs::path folder = fs::path(name).parent_path();
        for (const migrate::Migration& migration : migrate::read_single_file(name, fs::path(name).filename())) {
            const sql::Script script =
                migrate::load_script(migration, folder.empty() ? "." : folder, context.config.migrations.placeholders);
            lint::Linter aside = alone;
            lint::Linter& linter = migration.kind == migrate::Kind::undo ? aside : alone;
            linter.set_keeps_all(script.statements.size() <= most_listed);
            linted.push_back(linter.lint(script, migration.file, migration.kind));
            prepend(folder, linted.back());
        }
    }
    return linted;
}

std::string summary(const view::LintCount& count, std::size_t files) {
    return fmt::format("{} {}: {} errors, {} warnings, {} notes{}", files, files == 1 ? "file" : "files", count.errors,
                       count.warnings, count.notes,
                       count.ignored == 0 ? std::string() : fmt::format(", {} ignored", count.ignored));
}

ExitCode lint(Context& context, const LintOptions& options) {
    const bool lists_all = options.lists_statements || context.json;
    const std::vector<lint::LintedFile> files =
        options.files.empty() ? lint_directory(context, lists_all ? all_statements : 0).files
                              : lint_files(context, options.files, lists_all ? all_statements : most_listed_unasked);
    const view::LintCount count = view::count_findings(files);
    if (context.json) {
        context.out << view::json_text(view::lint_json(files)) << '\n';
    } else if (options.for_github) {
        context.out << view::github_text(files);
    } else {
        if (options.lists_statements || !options.files.empty())
            context.out << view::statements_text(files);
        context.out << view::findings_text(files);
    }
    context.reporter.info("lint.done", summary(count, files.size()));
    return count.errors > 0 ? ExitCode::disagreement : ExitCode::ok;
}

}  // namespace

void add_lint(CLI::App& app, Commands& commands) {
    CLI::App* command =
        app.add_subcommand("lint", "What each statement locks, rewrites and reads, and what is dangerous in it");
    auto options = std::make_shared<LintOptions>();
    command->add_option("files", options->files, "SQL files; without one, all of the migrations directory")
        ->type_name("FILE...");
    command->add_flag("--statements", options->lists_statements,
                      "List every statement with its locks (unasked of named files, up to 1000 statements)");
    command->add_flag("--github", options->for_github, "Findings as annotations of a GitHub workflow");
    command->footer(
        "Exit code 4: a finding of level error that no `-- tripmig: ignore=RULE reason` covers. Needs no database.\n"
        "docs/lint.md has every rule with the safe form. A file that can't be split is an error (exit 2).\n"
        "Examples:\n"
        "  tripmig lint                       the whole directory\n"
        "  tripmig lint migrations/V9__x.sql  one file, in the light of those before it\n"
        "  tripmig --json lint | jq '.files[].statements[] | select(.locks[].mode == \"ACCESS EXCLUSIVE\")'");
    commands.add(command, [options](Context& context) { return lint(context, *options); });
}

}  // namespace tripmig::cli
