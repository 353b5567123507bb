#include "migrate/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/civil.hpp"
#include "base/error.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

namespace {

struct VersionedHistory {
    std::map<std::string, const db::AppliedMigration*> by_version;
    std::optional<Version> newest;
    std::optional<Version> baseline;
};

VersionedHistory versioned_history(const std::vector<db::AppliedMigration>& applied) {
    VersionedHistory history;
    for (const db::AppliedMigration& row : applied) {
        const auto version = Version::parse(row.version);
        if (row.kind == "R" || !version)
            continue;
        history.by_version[version->text()] = &row;
        if (!history.newest || *history.newest < *version)
            history.newest = version;
        if (row.kind == "baseline")
            history.baseline = version;
    }
    return history;
}

void check_unchanged(const Migration& file, const db::AppliedMigration& row, Comparison& comparison) {
    if (row.sha256.empty() || row.sha256 == file.sha256)
        return;
    const bool same_tokens = !row.sha256_tokens.empty() && row.sha256_tokens == token_hash(file);
    if (same_tokens)
        comparison.findings.push_back(
            {Finding::Kind::changed_text, false, file.file,
             fmt::format("{} was edited after it was applied, in comments{} or white space only", file.file,
                         file.dialect == Dialect::dbmate || file.dialect == Dialect::goose ? ", the undo part" : ""),
             "nothing to do; the statements are the same"});
    else
        comparison.findings.push_back(
            {Finding::Kind::changed_tokens, true, file.file,
             fmt::format("{} was changed after it was applied at {} UTC: its statements differ from what was applied",
                         file.file, format_timestamp(row.applied_at)),
             "restore the applied text (git log the file), and write the change as a new migration"});
}

void check_late(const Migration& file, const VersionedHistory& history, Comparison& comparison) {
    if (!history.newest || *history.newest < file.version || allows_out_of_order(file))
        return;
    comparison.findings.push_back({Finding::Kind::late, true, file.file,
                                   fmt::format("{} was never applied, but the database is already at version {}",
                                               file.file, history.newest->text()),
                                   "give it a higher version; or, if the order does not matter, write `-- tripmig: "
                                   "allow-out-of-order` at its top"});
}

void check_gone(const Directory& directory, const VersionedHistory& history, const ComparisonOptions& options,
                Comparison& comparison) {
    for (const auto& [text, row] : history.by_version) {
        if (row->kind == "baseline")
            continue;
        const Version version = *Version::parse(text);
        const auto place = std::lower_bound(directory.versioned.begin(), directory.versioned.end(), version,
                                            [](const Migration& file, const Version& v) { return file.version < v; });
        if (place != directory.versioned.end() && place->version == version)
            continue;
        const bool is_newer = directory.versioned.empty() || directory.versioned.back().version < version;
        if (is_newer)
            comparison.findings.push_back(
                {Finding::Kind::newer, options.is_strict, row->file,
                 fmt::format("{} is applied in the database, and newer than these files", row->file),
                 "these files are from an older release: harmless for a pod that restarts during a rollout"});
        else
            comparison.findings.push_back(
                {Finding::Kind::missing, true, row->file,
                 fmt::format("{} is applied in the database, but missing from the directory", row->file),
                 "restore the file: applied migrations must stay in the directory"});
    }
}

/// The last row of the file with the values that its placeholders have. Rows of older versions have the hash of the
/// bytes: accepted, so that an upgrade runs nothing again.
void check_repeatable(const Migration& file, const std::vector<db::AppliedMigration>& applied, Comparison& comparison) {
    const db::AppliedMigration* last = nullptr;
    for (const db::AppliedMigration& row : applied)
        if (row.kind == "R" && row.description == file.description)
            last = &row;
    if (last == nullptr) {
        comparison.pending.push_back(&file);
        return;
    }
    const bool has_tokens = !last->sha256_tokens.empty();
    if (file.expanded &&
        (last->sha256 == file.expanded->sha256 || (has_tokens && last->sha256_tokens == file.expanded->sha256_tokens)))
        return;
    if (last->sha256 != file.sha256 && !(has_tokens && last->sha256_tokens == token_hash(file)))
        comparison.pending.push_back(&file);
    else if (file.expanded)
        comparison.findings.push_back(
            {Finding::Kind::raw_hash, false, file.file,
             fmt::format(
                 "{} was recorded without the values of its placeholders: a new value does not make it run again yet",
                 file.file),
             "run `tripmig repair` once; it records the file as it is now"});
}

}  // namespace

bool Comparison::has_errors() const {
    return std::any_of(findings.begin(), findings.end(), [](const Finding& finding) { return finding.is_error; });
}

Comparison compare(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                   const ComparisonOptions& options) {
    Comparison comparison;
    const VersionedHistory history = versioned_history(applied);
    for (const Migration& file : directory.versioned) {
        const auto known = history.by_version.find(file.version.text());
        if (known != history.by_version.end()) {
            check_unchanged(file, *known->second, comparison);
            continue;
        }
        if (history.baseline && file.version <= *history.baseline)
            continue;
        check_late(file, history, comparison);
        comparison.pending.push_back(&file);
    }
    for (const Migration& file : directory.repeatable)
        check_repeatable(file, applied, comparison);
    check_gone(directory, history, options, comparison);
    return comparison;
}

void require_agreement(const Comparison& comparison) {
    std::vector<const Finding*> errors;
    for (const Finding& finding : comparison.findings)
        if (finding.is_error)
            errors.push_back(&finding);
    if (errors.empty())
        return;
    const Finding& first = *errors.front();
    const bool is_one_hint =
        std::all_of(errors.begin(), errors.end(), [&](const Finding* each) { return each->hint == first.hint; });
    const auto own_hint = [&](const Finding& finding, std::string_view indent) {
        return is_one_hint ? std::string() : fmt::format("\n{}hint: {}", indent, finding.hint);
    };
    std::string rest;
    for (std::size_t i = 1; i < errors.size(); ++i)
        rest += fmt::format("{}{}{}", i == 1 ? "" : "\n  ", errors[i]->message, own_hint(*errors[i], "    "));
    throw Error(ExitCode::disagreement, first.message + own_hint(first, "  "), is_one_hint ? first.hint : std::string())
        .with_detail(rest);
}

}  // namespace tripmig::migrate
