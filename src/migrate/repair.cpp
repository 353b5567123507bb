#include "migrate/repair.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "base/error.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

namespace {

const Migration* file_of(const Directory& directory, const Version& version) {
    for (const Migration& file : directory.versioned)
        if (file.version == version)
            return &file;
    return nullptr;
}

/// "12" or "V12" as versions; each of them applied, and there as a file.
std::set<std::string> accepted_versions(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                                        const std::vector<std::string>& accepted) {
    std::set<std::string> versions;
    for (const std::string& text : accepted) {
        const auto version = Version::parse(text.substr(text.substr(0, 1) == "V" ? 1 : 0));
        const bool is_applied =
            version && file_of(directory, *version) != nullptr &&
            std::any_of(applied.begin(), applied.end(), [&](const db::AppliedMigration& row) {
                return row.kind != "R" && row.kind != "baseline" && Version::parse(row.version) == version;
            });
        if (!is_applied)
            throw Error(ExitCode::usage, fmt::format("--accept-changed {}: no file with that version is applied", text),
                        "`tripmig status` lists the versions");
        versions.insert(version->text());
    }
    return versions;
}

/// A repeatable file that an older version recorded without the values of its placeholders.
std::optional<Repair> with_placeholders(const Migration& file, const std::vector<db::AppliedMigration>& applied) {
    const auto last = std::find_if(applied.rbegin(), applied.rend(), [&](const db::AppliedMigration& row) {
        return row.kind == "R" && row.description == file.description;
    });
    if (last == applied.rend() || last->sha256 != file.sha256 || !file.expanded || file.expanded->sha256.empty())
        return std::nullopt;
    return Repair{last->id, {}, file.file, file.expanded->sha256, file.expanded->sha256_tokens, false};
}

}  // namespace

std::vector<Repair> plan_repair(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                                const std::vector<std::string>& accepted) {
    const std::set<std::string> may_differ = accepted_versions(directory, applied, accepted);
    std::vector<Repair> repairs;
    std::vector<std::string> refused;
    for (const Migration& file : directory.repeatable)
        if (const auto repair = with_placeholders(file, applied))
            repairs.push_back(*repair);
    for (const db::AppliedMigration& row : applied) {
        const auto version = Version::parse(row.version);
        const Migration* file = row.kind == "R" || !version ? nullptr : file_of(directory, *version);
        if (file == nullptr || row.sha256.empty() || row.sha256 == file->sha256)
            continue;
        Repair repair{row.id, version->text(), file->file, file->sha256, token_hash(*file), false};
        if (row.sha256_tokens != repair.sha256_tokens) {
            repair.is_accepted = may_differ.count(repair.version) != 0;
            if (!repair.is_accepted) {
                refused.push_back(repair.version);
                continue;
            }
        }
        repairs.push_back(std::move(repair));
    }
    if (refused.empty())
        return repairs;
    std::string options;
    for (const std::string& version : refused)
        options += " --accept-changed " + version;
    throw Error(
        ExitCode::disagreement,
        fmt::format("the statements of {} {} differ from what was applied",
                    refused.size() == 1 ? "version" : "versions", fmt::join(refused, ", ")),
        fmt::format(
            "restore the applied text; or, if the database already has what the file says, run `tripmig repair{}`",
            options));
}

}  // namespace tripmig::migrate
