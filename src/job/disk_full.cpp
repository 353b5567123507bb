#include "job/disk_full.hpp"

#include <fmt/format.h>

#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

std::string what_frees_space(const State& state) {
    const std::string table = sql::quoted(state.table);
    if (state.stage < Stage::cut_over)
        return fmt::format("`tripmig swap abort {}` drops what the {} has created, which frees its space", table,
                           state.is<PartitionJob>() ? to_string(state.partition().verb) : "swap");
    if (state.stage == Stage::complete && state.is<CopyJob>())
        return fmt::format("`tripmig swap finish {}` drops the old table, which frees its space", table);
    return {};
}

}  // namespace

bool is_disk_full(const Error& error) {
    return error.sqlstate() == "53100";
}

Error disk_full_error(const Error& error, const State& state) {
    const bool is_captured = state.captures() && state.stage >= Stage::capturing && state.stage <= Stage::complete;
    const std::string command = what_frees_space(state);
    return Error(error).with_hint(fmt::format(
        "the server's disk is full{}. Free or add space and run the same command again{}",
        is_captured ? fmt::format(", and each change of {} needs space for its log too, so its writers fail as well",
                                  sql::quoted(state.table))
                    : "",
        command.empty() ? "" : "; or " + command));
}

}  // namespace tripmig::job
