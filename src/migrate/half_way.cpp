#include "migrate/half_way.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"

namespace tripmig::migrate {

namespace {

/// The migration that the journal is of. Where one file goes both ways, what is applied is being undone.
const Migration* find_file(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                           const std::string& file) {
    const auto is_applied = [&](const Migration& migration) {
        return std::any_of(applied.begin(), applied.end(), [&](const db::AppliedMigration& row) {
            const auto version = Version::parse(row.version);
            return row.kind != "R" && version && *version == migration.version;
        });
    };
    const Migration* found = nullptr;
    for (const std::vector<Migration>* migrations : {&directory.versioned, &directory.repeatable, &directory.undo})
        for (const Migration& migration : *migrations)
            if (migration.file == file && (found == nullptr || is_applied(migration)))
                found = &migration;
    return found;
}

HalfWay gone(const std::string& file) {
    HalfWay found;
    found.file = file;
    found.disagreement = fmt::format("{} stopped half way: a part of it is done, but the file is missing", file);
    found.hint = "restore the file under the same name, and finish it with `tripmig up`";
    return found;
}

const db::JournalEntry* entry_for(const std::vector<db::JournalEntry>& journal, int ordinal) {
    for (const db::JournalEntry& entry : journal)
        if (entry.ordinal == ordinal)
            return &entry;
    return nullptr;
}

void compare_statements(HalfWay& found, const Script& script, const std::vector<Piece>& pieces,
                        const std::vector<db::JournalEntry>& journal) {
    found.next = found.total + 1;
    for (const Piece& piece : pieces) {
        const db::JournalEntry* entry = entry_for(journal, piece.ordinal);
        const bool is_empty = piece.first == piece.last;  // BEGIN; COMMIT; leaves no row
        if (!is_empty && (entry == nullptr || !entry->is_done)) {
            found.next = std::min(found.next, piece.ordinal);
            continue;
        }
        if (entry == nullptr || entry->sha256 == piece.sha256 || !found.disagreement.empty())
            continue;
        found.disagreement =
            fmt::format("{} stopped half way, and its statement {} (line {}) was edited after it had run", found.file,
                        piece.ordinal, script.statements[piece.first].line);
        found.hint = "restore that statement's text; the statements after it may be changed";
    }
    if (found.next <= found.total)
        found.line = script.statements[pieces[static_cast<std::size_t>(found.next) - 1].first].line;
}

/// As far as the text tells: what a REINDEX names may be partitioned.
bool is_one_transaction(const Script& script) {
    return script.is_transactional &&
           std::none_of(script.statements.begin(), script.statements.end(),
                        [](const ScriptStatement& each) { return each.facts->refused_when_partitioned; });
}

HalfWay describe_file(const Migration& migration, const Script& script, const std::vector<db::JournalEntry>& journal) {
    HalfWay found;
    found.file = migration.file;
    const std::vector<Piece> pieces = pieces_of(script);
    found.total = static_cast<int>(pieces.size());
    compare_statements(found, script, pieces, journal);
    const bool has_done =
        std::any_of(journal.begin(), journal.end(), [](const db::JournalEntry& entry) { return entry.is_done; });
    const int last = journal.empty() ? 0 : journal.back().ordinal;
    if (found.disagreement.empty() && has_done && (is_one_transaction(script) || last > found.total)) {
        found.disagreement =
            fmt::format("{} stopped half way, and was then edited: {}", migration.file,
                        last > found.total ? fmt::format("its statement {} was started and is now missing", last)
                                           : "all of it would run again, in one transaction");
        found.hint = "restore the text of what is done; the statements after it may be changed";
    }
    return found;
}

}  // namespace

std::string HalfWay::state() const {
    return total == 0 ? "stopped half way" : fmt::format("stopped at {}/{}", std::min(next, total), total);
}

std::vector<HalfWay> half_way(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                              const Journals& journals) {
    std::vector<HalfWay> files;
    for (const auto& [file, journal] : journals) {
        const Migration* migration = find_file(directory, applied, file);
        if (migration == nullptr)
            files.push_back(gone(file));
        else
            files.push_back(describe_file(*migration, *directory.scripts->keep(*migration), journal));
    }
    return files;
}

std::vector<Finding> half_way_findings(const std::vector<HalfWay>& files, const std::string& running) {
    std::vector<Finding> findings;
    for (const HalfWay& each : files) {
        const std::string place = each.line > 0 ? fmt::format(" (line {})", each.line) : "";
        if (!each.disagreement.empty())
            findings.push_back({Finding::Kind::half_way, true, each.file, each.disagreement, each.hint});
        else if (!running.empty())
            findings.push_back({Finding::Kind::half_way, false, each.file,
                                fmt::format("{} is at statement {} of {}{}, run by {}", each.file,
                                            std::min(each.next, each.total), each.total, place, running),
                                "wait until it ends"});
        else
            findings.push_back(
                {Finding::Kind::half_way, true, each.file,
                 fmt::format("{} {}{}: the statements before it are done", each.file, each.state(), place),
                 "fix what stopped it and run `tripmig up` (or the `tripmig down` that ran it): it "
                 "resumes there"});
    }
    return findings;
}

void require_resumable(const std::vector<HalfWay>& files) {
    for (const HalfWay& each : files)
        if (!each.disagreement.empty())
            throw Error(ExitCode::disagreement, each.disagreement, each.hint);
}

}  // namespace tripmig::migrate
