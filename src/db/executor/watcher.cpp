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
    for (std::size_t row = 0; row < result.rows(); ++row) {
        blockers.text += fmt::format("{}{}", row == 0 ? "" : "; ", result.text(row, 0));
        blockers.pids += fmt::format("{} ", result.text(row, 1));
    }
    return blockers;
}

std::optional<Progress> Watcher::progress_of(int pid) {
    const Result result = look(statements::progress, pid);
    if (result.rows() == 0)
        return std::nullopt;
    Progress progress;
    progress.task = fmt::format("{}: {}", result.text(0, 0), result.text(0, 1));
    progress.unit = result.text(0, 2);
    progress.done = static_cast<std::uint64_t>(result.number(0, 3));
    progress.total = static_cast<std::uint64_t>(result.number(0, 4));
    return progress;
}

std::map<std::string, std::string> Watcher::locks_of(int pid) {
    const Result result = look(statements::held_locks, pid);
    std::map<std::string, std::string> locks;
    for (std::size_t row = 0; row < result.rows(); ++row)
        locks.emplace(result.text(row, 0), result.text(row, 1));
    return locks;
}

}  // namespace tripmig::db
