#include "app/migrate/lint.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <iterator>
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
        throw Error(ExitCode::usage, fmt::format("{} is not SQL: no statement in it begins with an SQL command", name),
                    "correct it, or leave it out");
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

DirectoryLint lint_directory(const Context& context, const fs::path& folder, std::size_t most_listed) {
    const migrate::Directory directory = read_migrations(context, folder, false);
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

bool is_directory(const std::string& name) {
    std::error_code failed;
    return fs::is_directory(name, failed);
}

/// The SQL files of a directory that holds no migrations, by name.
std::vector<std::string> sql_files(const fs::path& folder) {
    std::vector<std::string> names;
    std::error_code failed;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder, failed))
        if (entry.path().extension() == ".sql" && !entry.is_directory())
            names.push_back(entry.path().string());
    if (names.empty())
        throw Error(ExitCode::usage, fmt::format("no SQL file in {}", folder.string()),
                    "check the path; directories below it are not read, name them too");
    std::sort(names.begin(), names.end());
    return names;
}

/// What was named on the command line. Files of the migrations directory are read with all that comes before them;
/// others stand for themselves, each behind the one named before it. A directory stands for all of its files.
class NamedLint {
  public:
    NamedLint(const Context& context, std::size_t most_listed) : m_context(context), m_most_listed(most_listed) {}

    void add(const std::string& name, bool lists_statements) {
        if (!is_directory(name))
            add_file(name);
        else if (migrate::holds_migrations(name))
            append(lint_directory(m_context, name, lists_statements ? m_most_listed : 0).files);
        else
            for (const std::string& file : sql_files(name))
                add_alone(file);
    }

    std::vector<lint::LintedFile> files;

  private:
    void append(std::vector<lint::LintedFile> more) {
        files.insert(files.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    }

    void add_file(const std::string& name) {
        if (!is_inside(name, m_context.config.migrations.dir))
            return add_alone(name);
        if (!m_directory)
            m_directory.emplace(lint_directory(m_context, m_context.config.migrations.dir, m_most_listed));
        bool is_found = false;
        for (std::size_t i = 0; i < m_directory->files.size(); ++i) {
            if (m_directory->paths[i] != fs::weakly_canonical(name))
                continue;
            files.push_back(m_directory->files[i]);
            is_found = true;
        }
        if (!is_found)
            add_alone(name);
    }

    void add_alone(const std::string& name) {
        const fs::path folder = fs::path(name).parent_path();
        for (const migrate::Migration& migration : migrate::read_single_file(name, fs::path(name).filename())) {
            const sql::Script script = migrate::load_script(migration, folder.empty() ? "." : folder,
                                                            m_context.config.migrations.placeholders);
            require_sql(script, name);
            lint::Linter aside = m_alone;
            lint::Linter& linter = migration.kind == migrate::Kind::undo ? aside : m_alone;
            linter.set_keeps_all(script.statements.size() <= m_most_listed);
            files.push_back(linter.lint(script, migration.file, migration.kind));
            prepend(folder, files.back());
        }
    }

    const Context& m_context;
    std::size_t m_most_listed;
    std::optional<DirectoryLint> m_directory;
    lint::Linter m_alone;
};

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
        return {lint_directory(context, context.config.migrations.dir, options.lists_statements ? all_statements : 0)
                    .files};
    NamedLint named(context, options.lists_statements ? all_statements : most_listed_unasked);
    for (const std::string& name : options.files)
        named.add(name, options.lists_statements);
    return {std::move(named.files), !std::all_of(options.files.begin(), options.files.end(), is_directory)};
}

}  // namespace tripmig::app
