#include "migrate/adoption.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "migrate/dialect/flyway_checksum.hpp"
#include "migrate/directory.hpp"
#include "migrate/migration_file.hpp"
#include "migrate/script.hpp"
#include "sql/identifier.hpp"
#include "sql/placeholder.hpp"

namespace tripmig::migrate {

namespace {

using db::ForeignRow;
using db::ForeignTool;

/// What counts as applied by the other tool.
struct Applied {
    std::map<Version, const ForeignRow*> versions;
    std::map<std::string, const ForeignRow*> repeatable;  ///< by description
    std::optional<Version> baseline;
};

Version version_of(const ForeignRow& row, const db::ForeignHistory& history) {
    const auto version = Version::parse(row.version);
    if (!version)
        throw Error(
            ExitCode::disagreement,
            fmt::format("{} has a version \"{}\", which is not a number", sql::quoted(history.table.name), row.version),
            "no migration file can have this version: delete the row, or keep using the tool that owns this table");
    return *version;
}

/// Flyway's rows tell a story: applied, undone, deleted, baselined.
void tell_flyway(const ForeignRow& row, const db::ForeignHistory& history, Applied& applied) {
    const auto is_of = [&row](std::string_view word) { return row.type.find(word) != std::string::npos; };
    if (!row.is_good)
        throw Error(ExitCode::refused,
                    fmt::format("{} says that {} failed under Flyway", sql::quoted(history.table.name), row.script),
                    "finish or undo by hand what it did, run `flyway repair`, then run this again");
    if (row.version.empty()) {
        if (is_of("DELETE"))
            applied.repeatable.erase(row.description);
        else if (!is_of("SCHEMA") && !is_of("TABLE"))
            applied.repeatable[row.description] = &row;
        return;
    }
    const Version version = version_of(row, history);
    if (is_of("UNDO") || is_of("DELETE"))
        applied.versions.erase(version);
    else if (is_of("BASELINE"))
        applied.baseline = version;
    else
        applied.versions[version] = &row;
}

Applied applied_by(const db::ForeignHistory& history, const Directory& directory) {
    Applied applied;
    for (const ForeignRow& row : history.rows) {
        if (history.table.tool == ForeignTool::flyway) {
            tell_flyway(row, history, applied);
            continue;
        }
        const Version version = version_of(row, history);
        if (history.table.tool == ForeignTool::golang_migrate) {
            if (!row.is_good)
                throw Error(ExitCode::refused,
                            fmt::format("{} says that version {} is dirty: it stopped half way under golang-migrate",
                                        sql::quoted(history.table.name), row.version),
                            fmt::format("finish it by hand and run `migrate force {}`, or undo it by hand and force "
                                        "the version before; then run this again",
                                        row.version));
            for (const Migration& file : directory.versioned)  // one number stands for all up to it
                if (file.version < version)
                    applied.versions[file.version] = &row;
        }
        const bool is_gooses_zero = history.table.tool == ForeignTool::goose && version.text() == "0";
        if (row.is_good && !is_gooses_zero)
            applied.versions[version] = &row;
    }
    return applied;
}

const Migration* file_of(const Version& version, const Directory& directory) {
    const auto found = std::find_if(directory.versioned.begin(), directory.versioned.end(),
                                    [&](const Migration& file) { return file.version == version; });
    return found == directory.versioned.end() ? nullptr : &*found;
}

db::MigrationRecord record(const std::string& kind, const Migration& file) {
    db::MigrationRecord made;
    made.kind = kind;
    made.version = file.version.text();
    made.description = file.description;
    made.file = file.file;
    const ExpandedHashes hashes = recorded_hashes(file);
    made.sha256 = hashes.sha256;
    made.sha256_tokens = hashes.sha256_tokens;
    return made;
}

/// Throws an error that begins with the first of `what` and lists the others.
[[noreturn]] void disagree(const std::vector<std::string>& what, std::string hint) {
    Error error(ExitCode::disagreement, what.front(), std::move(hint));
    if (what.size() > 1)
        error.with_detail(fmt::format("{}", fmt::join(what.begin() + 1, what.end(), "\n  ")));
    throw error;
}

void take_versions(const Applied& applied, const db::ForeignHistory& history, const Directory& directory,
                   const AdoptionOptions& options, Adoption& adoption) {
    const std::string_view tool = display_name(history.table.tool);
    std::vector<std::string> missing;
    std::vector<std::string> changed;
    for (const auto& [version, row] : applied.versions) {
        if (options.known.count(version.text()) != 0 || (applied.baseline && version <= *applied.baseline))
            continue;
        const Migration* file = file_of(version, directory);
        if (file == nullptr) {
            adoption.left_out.push_back(version.text());
            missing.push_back(fmt::format("{} applied version {}{}, but its file is missing", tool, version.text(),
                                          row->script.empty() ? "" : fmt::format(" ({}, {})", row->script, row->type)));
        } else if (row->checksum && *row->checksum != flyway_checksum(content_of(*file))) {
            changed.push_back(fmt::format("{} is not what {} applied: its checksum is {}, {} was recorded", file->file,
                                          tool, flyway_checksum(content_of(*file)), *row->checksum));
        } else {
            adoption.records.push_back(record("adopted", *file));
        }
    }
    if (!missing.empty() && !options.allow_missing)
        disagree(missing, "restore the files; or skip these versions for good with --allow-missing");
    if (!changed.empty())
        disagree(changed,
                 "restore the applied text (git log the file); or, if the database already has what the files say now, "
                 "run `flyway repair` first");
}

bool is_same_script(const ForeignRow& row, const Migration& file, const AdoptionOptions& options) {
    if (!row.checksum)
        return false;
    const std::string content = content_of(file);
    if (*row.checksum == flyway_checksum(content))
        return true;
    if (options.placeholders.empty() || !file.expands_placeholders)
        return false;
    return *row.checksum == flyway_checksum(sql::expand_placeholders(content, options.placeholders, file.file).text);
}

void take_repeatable(const Applied& applied, const Directory& directory, const AdoptionOptions& options,
                     Adoption& adoption) {
    for (const Migration& file : directory.repeatable) {
        const auto row = applied.repeatable.find(file.description);
        if (row == applied.repeatable.end() || options.known_repeatable.count(file.description) != 0)
            continue;
        if (is_same_script(*row->second, file, options))
            adoption.records.push_back(record("R", file));
        else
            adoption.warnings.push_back(
                fmt::format("{} was changed since Flyway ran it: the next `up` runs it again", file.file));
    }
}

/// Files below the newest version that the other tool never ran: `up` will stop at them.
void warn_of_late(const Applied& applied, const AdoptionOptions& options, const Directory& directory,
                  Adoption& adoption) {
    if (applied.versions.empty())
        return;
    for (const Migration& file : directory.versioned) {
        const bool is_below =
            file.version < applied.versions.rbegin()->first && !(applied.baseline && file.version <= *applied.baseline);
        if (is_below && applied.versions.count(file.version) == 0 && options.known.count(file.version.text()) == 0)
            adoption.warnings.push_back(fmt::format(
                "{} was never applied, but newer files were: `up` will say what to do about it", file.file));
    }
}

}  // namespace

Adoption plan_adoption(const db::ForeignHistory& history, const Directory& directory, const AdoptionOptions& options) {
    Adoption adoption;
    const Applied applied = applied_by(history, directory);
    if (applied.baseline && options.known.count(applied.baseline->text()) == 0) {
        db::MigrationRecord baseline;
        baseline.kind = "baseline";
        baseline.version = applied.baseline->text();
        baseline.description = "baseline of Flyway";
        adoption.records.push_back(baseline);
    }
    take_versions(applied, history, directory, options, adoption);
    take_repeatable(applied, directory, options, adoption);
    warn_of_late(applied, options, directory, adoption);
    return adoption;
}

bool tells_of(const db::ForeignHistory& history, const Directory& directory) {
    static const std::map<ForeignTool, Dialect> dialects{{ForeignTool::flyway, Dialect::flyway},
                                                         {ForeignTool::golang_migrate, Dialect::golang_migrate},
                                                         {ForeignTool::dbmate, Dialect::dbmate},
                                                         {ForeignTool::goose, Dialect::goose}};
    if (dialects.at(history.table.tool) != directory.dialect)
        return false;
    return std::any_of(history.rows.begin(), history.rows.end(), [&](const ForeignRow& row) {
        const auto version = Version::parse(row.version);
        const Migration* file = version ? file_of(*version, directory) : nullptr;
        return file != nullptr && (row.script.empty() || row.script == file->file);
    });
}

}  // namespace tripmig::migrate
