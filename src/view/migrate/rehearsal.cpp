#include "view/migrate/rehearsal.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/counted.hpp"
#include "report/table.hpp"

namespace tripmig::view {

namespace {

std::string joined(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

/// Of several relations those that readers, or only writers, would wait for.
std::vector<std::string> relations_locked(const migrate::SeenStatement& statement, bool against_readers) {
    std::vector<std::string> names;
    for (const lint::TableLock& lock : statement.locks) {
        const bool keeps_readers_out = lock.mode == LockMode::access_exclusive;
        const bool keeps_writers_out = lock.mode >= LockMode::share;
        if (keeps_writers_out && keeps_readers_out == against_readers)
            names.push_back(lock.relation);
    }
    return names;
}

/// "ACCESS EXCLUSIVE on orders, users; ROW SHARE on parts": the strongest first.
std::string seen_locks_text(const migrate::SeenStatement& statement) {
    std::string text;
    for (int mode = static_cast<int>(LockMode::access_exclusive); mode >= 0; --mode) {
        std::vector<std::string> names;
        for (const lint::TableLock& lock : statement.locks)
            if (static_cast<int>(lock.mode) == mode)
                names.push_back(lock.relation);
        if (!names.empty())
            text += fmt::format("{}{} on {}", text.empty() ? "" : "; ", to_string(static_cast<LockMode>(mode)),
                                joined(names));
    }
    return text;
}

std::string passes_text(const migrate::SeenStatement& statement) {
    std::string text;
    if (!statement.rewritten.empty())
        text = "rewrote " + joined(statement.rewritten);
    if (!statement.scanned.empty())
        text += (text.empty() ? "read " : ", read ") + joined(statement.scanned);
    return text;
}

/// Whom a statement would keep waiting: "readers and writers of orders, writers of users"; empty: nobody.
std::string blocked_by(const migrate::SeenStatement& statement) {
    const std::vector<std::string> all = relations_locked(statement, true);
    const std::vector<std::string> writers = relations_locked(statement, false);
    std::string text;
    if (!all.empty())
        text = "readers and writers of " + joined(all);
    if (!writers.empty())
        text += (text.empty() ? "writers of " : "; writers of ") + joined(writers);
    return text;
}

}  // namespace

std::string rehearsal_text(const app::RehearsalResult& result) {
    report::Table table({{"where"}, {"run"}, {"locks"}, {"touched"}, {"would block"}});
    std::string differences;
    for (const app::RehearsedFile& file : result.files) {
        for (const migrate::SeenStatement& statement : file.statements)
            if (!blocked_by(statement).empty() || !statement.rewritten.empty() || !passes_text(statement).empty())
                table.add_row({statement.where, std::string(file.direction), seen_locks_text(statement),
                               passes_text(statement), blocked_by(statement)});
        for (const std::string& line : file.differences)
            differences += fmt::format("{} ({}): {}\n", file.file, file.direction, line);
    }
    std::string text = table.empty() ? "no statement would block anybody\n" : table.to_string();
    if (!differences.empty())
        text +=
            "\n"
            "The schema differs (- missing, + left over, ~ changed):\n" +
            differences;
    return text;
}

nlohmann::ordered_json rehearsal_json(const app::RehearsalResult& result) {
    nlohmann::ordered_json document{{"files", nlohmann::ordered_json::array()}};
    for (const app::RehearsedFile& file : result.files) {
        nlohmann::ordered_json statements = nlohmann::ordered_json::array();
        for (const migrate::SeenStatement& statement : file.statements) {
            nlohmann::ordered_json locks = nlohmann::ordered_json::array();
            for (const lint::TableLock& lock : statement.locks)
                locks.push_back({{"relation", lock.relation}, {"mode", to_string(lock.mode)}});
            statements.push_back({{"where", statement.where},
                                  {"sql", statement.sql},
                                  {"sampled", statement.is_sampled},
                                  {"locks", locks},
                                  {"rewritten", statement.rewritten},
                                  {"scanned", statement.is_sampled ? nlohmann::ordered_json(nullptr)
                                                                   : nlohmann::ordered_json(statement.scanned)},
                                  {"blocks_readers_and_writers_of", relations_locked(statement, true)},
                                  {"blocks_writers_of", relations_locked(statement, false)}});
        }
        document["files"].push_back({{"file", file.file},
                                     {"run", file.direction},
                                     {"duration_ms", file.duration.count()},
                                     {"statements", statements},
                                     {"differences", file.differences}});
    }
    return document;
}

std::string rehearsal_summary(const app::RehearsalResult& result) {
    const auto down = static_cast<std::size_t>(std::count_if(
        result.files.begin(), result.files.end(), [](const auto& file) { return file.direction == "down"; }));
    return fmt::format("ran {}, {} of them {}; {} left a different schema than expected",
                       counted(result.files.size(), "file"), down, down == 1 ? "an undo" : "undos", result.different());
}

}  // namespace tripmig::view
