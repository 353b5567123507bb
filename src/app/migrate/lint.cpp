#include "app/migrate/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <optional>

#include "app/migrate/target/target.hpp"
#include "base/error.hpp"
#include "migrate/directory.hpp"
#include "migrate/script.hpp"

namespace tripmig::app {

namespace fs = std::filesystem;

namespace {

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

/// A word that begins no statement is a warning, which may be a typing error. A file of nothing else is not SQL.
void require_sql(const sql::Script& script, const std::string& name) {
    const bool is_sql =
        std::any_of(script.statements.begin(), script.statements.end(),
                    [](const sql::ScriptStatement& statement) { return statement.facts->kind != "unknown"; });
    if (!is_sql && !script.statements.empty())
        throw Error(ExitCode::usage, fmt::format("{} is not SQL: no statement in it begins with a word of SQL", name),
                    "name SQL files only");
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
        require_sql(script, (m_folder / migration.file).lexically_normal().generic_string());
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
        if (std::error_code failed; fs::is_directory(name, failed))
            throw Error(ExitCode::usage, fmt::format("{} is a directory, not an SQL file", name),
                        fmt::format("to check all of its migrations: tripmig lint --migrations {}", name));
        const fs::path folder = fs::path(name).parent_path();
        for (const migrate::Migration& migration : migrate::read_single_file(name, fs::path(name).filename())) {
            const sql::Script script =
                migrate::load_script(migration, folder.empty() ? "." : folder, context.config.migrations.placeholders);
            require_sql(script, name);
            lint::Linter aside = alone;
            lint::Linter& linter = migration.kind == migrate::Kind::undo ? aside : alone;
            linter.set_keeps_all(script.statements.size() <= most_listed);
            linted.push_back(linter.lint(script, migration.file, migration.kind));
            prepend(folder, linted.back());
        }
    }
    return linted;
}

void add(const std::vector<lint::LintFinding>& findings, LintCount& count) {
    for (const lint::LintFinding& finding : findings) {
        if (!finding.ignored.empty())
            ++count.ignored;
        else if (finding.level == lint::Level::error)
            ++count.errors;
        else
            ++(finding.level == lint::Level::warning ? count.warnings : count.notes);
    }
}

}  // namespace

LintCount LintResult::count() const {
    LintCount count;
    for (const lint::LintedFile& file : files) {
        add(file.findings, count);
        for (const lint::LintedStatement& statement : file.statements)
            add(statement.findings, count);
    }
    return count;
}

LintResult lint_migrations(const Context& context, const LintOptions& options) {
    if (options.files.empty())
        return {lint_directory(context, options.lists_statements ? all_statements : 0).files};
    return {lint_files(context, options.files, options.lists_statements ? all_statements : most_listed_unasked)};
}

}  // namespace tripmig::app
