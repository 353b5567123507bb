#include "migrate/directory.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/error.hpp"
#include "migrate/dialect/dialect.hpp"
#include "migrate/folder_listing.hpp"
#include "migrate/migration_file.hpp"
#include "migrate/scripts.hpp"
#include "sql/scanner.hpp"

namespace tripmig::migrate {

namespace fs = std::filesystem;

namespace {

FolderListing list_entries(const fs::path& directory) {
    std::error_code failure;
    if (!fs::is_directory(directory, failure))
        throw Error(ExitCode::usage, fmt::format("the migrations directory {} does not exist", directory.string()),
                    "`tripmig new NAME` creates it with a first file; or set another one with --migrations DIR, "
                    "TRIPMIG_MIGRATIONS_DIR, or `dir` in [migrations] of tripmig.toml");
    return list_folder((directory / "").native());
}

std::vector<SourceFile> source_files(const std::string& root, const std::vector<std::string>& names) {
    std::vector<SourceFile> files;
    files.reserve(names.size());
    for (const std::string& name : names)
        files.emplace_back(root + name, name, std::binary_search(names.begin(), names.end(), name + ".conf"));
    return files;
}

bool has_shape(const DialectRules& rules, const std::string& name) {
    const std::size_t slash = name.rfind('/');
    return (slash == std::string::npos || rules.reads_folders) && rules.has_shape(name.substr(slash + 1));
}

Error not_applied(const std::string& name, const std::string& reason) {
    return Error(ExitCode::usage,
                 fmt::format("{} is named like a migration, but cannot be applied: it {}", name, reason),
                 "make it a readable file, or rename it so that it does not look like a migration");
}

/// What is named as a migration is applied or refused: skipping it would leave a schema half made.
void refuse_odd(const DialectRules& rules, const std::vector<OddEntry>& entries) {
    for (const OddEntry& entry : entries) {
        if (entry.is_unreadable_folder && rules.reads_folders)
            throw Error(ExitCode::usage, fmt::format("{} {}", entry.name, entry.reason),
                        "it may contain migrations: let this user read it, or move it out of the migrations directory");
        if (!entry.is_unreadable_folder && has_shape(rules, entry.name))
            throw not_applied(entry.name, entry.reason);
    }
}

/// V2__b.SQL: neither tripmig nor Flyway reads that ending.
void refuse_ending(const DialectRules& rules, const SourceFile& file) {
    const std::string ending = file.name().substr(file.name().size() - std::min<std::size_t>(file.name().size(), 4));
    if (ending != ".sql" && has_shape(rules, file.file()))
        throw Error(
            ExitCode::usage,
            fmt::format("{} is named like a migration, but its name ends in {} instead of .sql", file.file(), ending),
            "rename it, or move it out of the migrations directory");
}

/// An undo file whose version has no file would never run.
void refuse_lone_undo(const Directory& directory) {
    for (const Migration& undo : directory.undo) {
        const auto& versioned = directory.versioned;
        const auto found =
            std::lower_bound(versioned.begin(), versioned.end(), undo.version,
                             [](const Migration& file, const Version& version) { return file.version < version; });
        if (found == versioned.end() || undo.version < found->version)
            throw Error(ExitCode::usage,
                        fmt::format("{} undoes version {}, but no file here applies that version", undo.file,
                                    undo.version.text()),
                        "add the file that applies it, or move this one out of the migrations directory");
    }
}

void refuse_empty(const Directory& directory) {
    if (directory.versioned.empty() && directory.repeatable.empty())
        throw Error(ExitCode::usage, fmt::format("no migration in {}", directory.path.string()),
                    "check the path (is a volume not mounted?); if there are no migrations yet: `tripmig new NAME` "
                    "creates the first one, --allow-empty accepts none");
}

/// Sorts where the names' order is not theirs already; migrations are large to move about.
template <typename Less>
void sort_by(std::vector<Migration>& migrations, Less less) {
    std::vector<Migration*> order;
    order.reserve(migrations.size());
    for (Migration& migration : migrations)
        order.push_back(&migration);
    const auto pointed_less = [&](const Migration* a, const Migration* b) { return less(*a, *b); };
    if (std::is_sorted(order.begin(), order.end(), pointed_less))
        return;
    std::stable_sort(order.begin(), order.end(), pointed_less);
    std::vector<Migration> sorted;
    sorted.reserve(migrations.size());
    for (Migration* migration : order)
        sorted.push_back(std::move(*migration));
    migrations = std::move(sorted);
}

void refuse_twins(const std::vector<Migration>& sorted) {
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const Migration& one = sorted[i - 1];
        const Migration& other = sorted[i];
        const bool same =
            one.kind == Kind::repeatable ? one.description == other.description : one.version == other.version;
        if (same)
            throw Error(ExitCode::usage,
                        fmt::format("{} and {} are the same migration: {}", one.file, other.file,
                                    one.kind == Kind::repeatable ? one.description : "version " + one.version.text()),
                        "give one of them another version");
    }
}

/// What all dialects' migrations have in common, beside what their rules said.
void complete(Migration& migration, const SourceFile& file, const fs::path& directory, const DialectRules& rules,
              const Variables& variables) {
    migration.path = file.path();
    migration.file = file.file();
    migration.dialect = rules.dialect;
    migration.variables = variables;
    set_hash(migration, file.content(), directory);
}

/// dbmate takes its files in the order of their names as text. Where that is not the order of their numbers, one of the
/// two would be wrong for somebody.
void refuse_unpadded(const Directory& directory) {
    const auto& sorted = directory.versioned;
    for (std::size_t i = 1; directory.dialect == Dialect::dbmate && i < sorted.size(); ++i)
        if (sorted[i].file < sorted[i - 1].file)
            throw Error(ExitCode::usage,
                        fmt::format("{} comes before {} by number, but after it by name, which is how dbmate sorts",
                                    sorted[i - 1].file, sorted[i].file),
                        "write all numbers with the same number of digits: 0009, 0010");
}

}  // namespace

std::vector<Migration> read_single_file(const fs::path& path, const std::string& name) {
    const SourceFile file(path.native(), name, fs::is_regular_file(path.native() + ".conf"));
    const DialectRules* rules = dialect_of(file);
    std::vector<Migration> migrations = rules == nullptr ? std::vector<Migration>() : rules->read(file);
    if (migrations.empty())
        migrations.emplace_back();
    const fs::path folder = path.parent_path();
    for (Migration& migration : migrations) {
        complete(migration, file, folder.empty() ? "." : folder, rules == nullptr ? flyway_rules : *rules, nullptr);
        migration.is_foreign = rules == nullptr || rules->dialect != Dialect::flyway;
        migration.content = file.content();
    }
    return migrations;
}

bool holds_migrations(const fs::path& path) {
    const std::string root = (path / "").native();
    const std::vector<SourceFile> files = source_files(root, list_folder(root).files);
    return std::any_of(files.begin(), files.end(), [](const SourceFile& file) { return dialect_of(file) != nullptr; });
}

Directory read_directory(const fs::path& path, const ReadOptions& options) {
    Directory directory;
    directory.path = path;
    directory.scripts = std::make_shared<Scripts>(path, options.placeholders);
    const FolderListing listing = list_entries(path);
    const std::vector<SourceFile> files = source_files((path / "").native(), listing.files);
    const DialectRules& rules = choose_dialect(files, options.dialect);
    directory.dialect = rules.dialect;
    refuse_odd(rules, listing.odd);
    const bool is_foreign = rules.dialect != Dialect::flyway || options.dialect == to_string(Dialect::flyway) ||
                            std::any_of(files.begin(), files.end(), std::mem_fn(&SourceFile::has_config));
    directory.versioned.reserve(files.size());  // nearly all of them are
    for (const SourceFile& file : files) {
        if (file.is_in_folder() && !rules.reads_folders)
            continue;
        refuse_ending(rules, file);
        for (Migration& migration : rules.read(file)) {
            complete(migration, file, path, rules, options.variables);
            migration.is_foreign = is_foreign;
            auto& group = migration.kind == Kind::versioned ? directory.versioned
                          : migration.kind == Kind::undo    ? directory.undo
                                                            : directory.repeatable;
            group.push_back(std::move(migration));
        }
        file.forget();
    }
    const auto by_version = [](const Migration& a, const Migration& b) { return a.version < b.version; };
    sort_by(directory.versioned, by_version);
    sort_by(directory.undo, by_version);
    sort_by(directory.repeatable, [](const Migration& a, const Migration& b) { return a.description < b.description; });
    refuse_twins(directory.versioned);
    refuse_twins(directory.undo);
    refuse_twins(directory.repeatable);
    refuse_unpadded(directory);
    refuse_lone_undo(directory);
    for (Migration& migration : directory.repeatable)
        migration.expanded = expanded_hashes(migration, *directory.scripts);
    if (!options.may_be_empty)
        refuse_empty(directory);
    return directory;
}

}  // namespace tripmig::migrate
