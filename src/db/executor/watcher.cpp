#include "db/executor/watcher.hpp"

#include <fmt/format.h>

#include "db/statements.hpp"

namespace tripmig::db {

Result Watcher::look(std::string_view statement, int pid) {
    Step step;
    step.sql = statement;
    step.parameters = {fmt::format("{}", pid)};
    return m_connection->execute(step);
}

Watcher::Blockers Watcher::blockers_of(int pid) {
    const Result result = look(statements::blockers, pid);
    Blockers blockers;
    for (const Row& row : result) {
        blockers.text += (blockers.text.empty() ? "" : "; ") + row.text("blocker");
        blockers.pids += row.text("pid") + " ";
    }
    return blockers;
}

std::optional<Progress> Watcher::progress_of(int pid) {
    const Result result = look(statements::progress, pid);
    if (result.empty())
        return std::nullopt;
    const Row row = result.row();
    Progress progress;
    progress.task = row.text("phase");
    progress.unit = row.text("unit");
    progress.done = static_cast<std::uint64_t>(row.number("done"));
    progress.total = static_cast<std::uint64_t>(row.number("total"));
    if (progress.unit == "blocks")
        progress.unit_bytes = static_cast<std::uint64_t>(row.number("block_size"));
    return progress;
}

std::map<std::string, std::string> Watcher::locks_of(int pid) {
    const Result result = look(statements::held_locks, pid);
    std::map<std::string, std::string> locks;
    for (const Row& row : result)
        locks.emplace(row.text("relation"), row.text("mode"));
    return locks;
}

}  // namespace tripmig::db
