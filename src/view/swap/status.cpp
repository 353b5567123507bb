#include "view/swap/status.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include <nlohmann/json.hpp>
#include <vector>

#include "base/counted.hpp"
#include "ddl/bounds.hpp"
#include "job/boundary.hpp"
#include "job/replacement.hpp"
#include "report/progress_line.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

double milliseconds(std::int64_t microseconds) {
    return static_cast<double>(microseconds) / 1000.0;
}

json state_json(const QualifiedName& table, const std::optional<job::State>& state) {
    json document{{"table", name_json(table)}};
    if (!state) {
        document["stage"] = "partitioned";
        return document;
    }
    document["strategy"] = job::to_string(state->strategy());
    document["stage"] = job::to_string(state->stage);
    document["job"] = state->job;
    document["key"] = state->key;
    document["interval"] = state->interval;
    document["cut"] = text_or_null(state->boundary());
    document["was_empty"] = state->is<job::EmptyJob>();
    document["registry"] = state->swap().has_registry;
    document["lock_held_ms"] = milliseconds(state->measured.lock_held_us);
    document["lock_wait_ms"] = milliseconds(state->measured.lock_wait_us);
    document["attempts"] = state->measured.attempts;
    document["cut_over_at"] = time_json(state->measured.at);
    if (state->stage == job::Stage::capturing)
        document["load"] = {{"blocks", state->blocks_to_load()}};
    return document;
}

}  // namespace

std::string boundary_text(const job::State& state) {
    const ddl::KeyType key = job::key_type_of(state);
    return ddl::describe(key, job::parse_boundary(key, state.boundary()));
}

namespace {

/// RFC 3339; empty when it is.
std::string time_text(const std::string& time) {
    const json value = time_json(time);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::string state_text(const job::State& state) {
    std::string text = fmt::format("{}: {}", sql::quoted(state.table), job::to_string(state.stage));
    if (!state.boundary().empty())
        text += fmt::format(", boundary {}", boundary_text(state));
    if (state.measured.attempts > 0)
        text += fmt::format("\ncut over at {}: held the locks for {:.1f} ms, waited {:.1f} ms, {}",
                            time_text(state.measured.at), milliseconds(state.measured.lock_held_us),
                            milliseconds(state.measured.lock_wait_us), counted(state.measured.attempts, "attempt"));
    return text;
}

double megabytes_a_second(const job::JobProgress& progress) {
    return progress.blocks_a_second.value_or(0) * static_cast<double>(progress.block_size) / 1e6;
}

std::string grouped(std::int64_t number) {
    return report::grouped(static_cast<std::uint64_t>(std::max<std::int64_t>(number, 0)));
}

/// What is under way, a thing each.
std::vector<std::string> progress_parts(const job::State& state, const job::JobProgress& progress) {
    std::vector<std::string> things;
    if (state.stage == job::Stage::capturing && state.blocks_to_load() > 0) {
        things.push_back(fmt::format("{} of {} {} loaded", grouped(progress.blocks_done),
                                     grouped(state.blocks_to_load()),
                                     state.blocks_to_load() == 1 ? "block" : "blocks"));
        if (progress.blocks_a_second)
            things.push_back(fmt::format("{:.1f} MB/s", megabytes_a_second(progress)));
        if (const auto left = job::time_left(state, progress))
            things.push_back(
                fmt::format("{} left", report::for_people(std::chrono::milliseconds(std::llround(*left * 1000)))));
    }
    if (progress.leaves > 0)
        things.push_back(
            fmt::format("{} of {} indexed", progress.leaves_indexed, counted(progress.leaves, "partition")));
    if (progress.backlog > 0)
        things.push_back(fmt::format("{} {} in the log", grouped(progress.backlog),
                                     progress.backlog == 1 ? "change waits" : "changes wait"));
    if (progress.is_paused)
        things.push_back(fmt::format("paused; to continue: tripmig swap resume {}", sql::quoted(state.table)));
    else if (!progress.hold_kind.empty())
        things.push_back(fmt::format("waiting since {}: {}", time_text(progress.hold_since), progress.hold_reason));
    if (progress.busy_tps > 0)
        things.push_back(fmt::format("pausing between chunks: server busy, {} a second by others",
                                     counted(progress.busy_tps, "transaction")));
    if (!state.is_cut_over() && progress.attempts > 0)
        things.push_back(counted(progress.attempts, "cut-over attempt") + " did not get the locks");
    if (!progress.waits_for.empty())
        things.push_back("waiting for " + progress.waits_for);
    for (const std::string& key : progress.keys_not_valid)
        things.push_back(fmt::format("foreign key {} is NOT VALID", key));
    return things;
}

/// What comes next of a job that waits for a person's word; empty: it does not.
std::string next_text(const job::State& state) {
    const std::string name = sql::quoted(state.table);
    const bool is_swap = !state.is<job::PartitionJob>();
    if (state.stage == job::Stage::ready)
        return fmt::format("to cut over: tripmig {} {}\n", is_swap ? "swap cutover" : state.command(), name);
    if (state.stage != job::Stage::complete || !is_swap)
        return {};
    return fmt::format("to close it: tripmig swap finish {}\nto undo it until then: tripmig swap revert {}\n", name,
                       name);
}

bool is_under_way(const job::State& state) {
    return state.stage != job::Stage::complete && state.stage < job::Stage::finished;
}

std::string command_for(const job::State& state) {
    return state.stage == job::Stage::reverting ? "swap revert" : state.command();
}

/// What to do about triggers of a registry that are off, beneath them; empty when none is.
std::string problems_text(const QualifiedName& table, const std::vector<std::string>& problems) {
    std::string text;
    for (const std::string& problem : problems)
        text += fmt::format("registry: {}\n", problem);
    if (!text.empty())
        text += fmt::format(
            "  hint: the registry may lack ids, or have those of deleted rows. `ALTER TABLE ... ENABLE ALWAYS TRIGGER "
            "...` enables a trigger again; docs/swap.md (Verify) has the statements for one that is missing. "
            "`tripmig swap verify {}` lists the ids that differ\n",
            sql::quoted(table));
    return text;
}

json load_json(const job::State& state, const job::JobProgress& progress) {
    json load{{"blocks", state.blocks_to_load()}, {"blocks_done", progress.blocks_done}};
    load["left_seconds"] = or_null(job::time_left(state, progress));
    load["bytes_a_second"] =
        progress.blocks_a_second ? json(*progress.blocks_a_second * static_cast<double>(progress.block_size)) : json();
    return load;
}

json open_json(const job::State& state, const job::JobProgress& progress) {
    json document = state_json(state.table, state);
    document["paused"] = progress.is_paused;
    document["worker"] = text_or_null(progress.worker);
    document["backlog"] = progress.backlog;
    document["must_compare"] = state.load().must_compare;
    document["altered"] = progress.altered;
    document["registry_problems"] = progress.registry_problems;
    document["load"] = load_json(state, progress);
    if (progress.leaves > 0)
        document["index"] = {{"leaves", progress.leaves}, {"leaves_done", progress.leaves_indexed}};
    document["holding"] = progress.hold_kind.empty() ? json()
                                                     : json{{"kind", progress.hold_kind},
                                                            {"reason", progress.hold_reason},
                                                            {"since", time_json(progress.hold_since)}};
    document["resting"] = progress.busy_tps > 0 ? json{{"others_per_second", progress.busy_tps}} : json();
    document["waits_for"] = text_or_null(progress.waits_for);
    if (state.is_cut_over())
        document["keys_not_valid"] = progress.keys_not_valid;
    else
        document["attempts"] = progress.attempts;
    return document;
}

std::string open_text(const job::State& state, const job::JobProgress& progress) {
    std::string text = state_text(state) + '\n';
    for (const std::string& part : progress_parts(state, progress))
        text += part + '\n';
    if (state.load().must_compare && !state.is_cut_over())
        text += fmt::format("the cut-over is blocked until a comparison finds no difference: tripmig swap verify {}\n",
                            sql::quoted(state.table));
    for (const std::string& change : progress.altered)
        text += fmt::format("altered since: {}\n", change);
    text += problems_text(state.table, progress.registry_problems);
    if (!progress.worker.empty())
        text += fmt::format("at work: {}\n", progress.worker);
    else if (const std::string next = next_text(state); !next.empty())
        text += next;
    else if (is_under_way(state))
        text += fmt::format("no process works on it; to resume: tripmig {} {}\n", command_for(state),
                            sql::quoted(state.table));
    return text;
}

bool has_job_or_is_partitioned(const app::SwapStatus& status) {
    return status.state || status.is_partitioned;
}

}  // namespace

json swap_json(const app::SwapResult& result) {
    json document = state_json(result.table, result.state);
    document["registry_problems"] = result.problems;
    return document;
}

std::string swap_text(const app::SwapResult& result) {
    return (result.state ? state_text(*result.state)
                         : fmt::format("{} is partitioned already: nothing to do", sql::quoted(result.table))) +
           '\n' + (result.state ? next_text(*result.state) : std::string()) +
           problems_text(result.table, result.problems);
}

json swap_status_json(const app::SwapStatus& status) {
    if (status.is_open)
        return open_json(*status.state, status.progress);
    if (has_job_or_is_partitioned(status))
        return swap_json({status.table, status.state, status.problems});
    return {{"table", name_json(status.table)}, {"stage", "none"}};
}

std::string swap_status_text(const app::SwapStatus& status) {
    if (status.is_open)
        return open_text(*status.state, status.progress);
    if (has_job_or_is_partitioned(status))
        return swap_text({status.table, status.state, status.problems});
    return fmt::format("{0}: no swap\nto see what one would do: tripmig swap plan {0}\n", sql::quoted(status.table));
}

std::string swap_status_line(const app::SwapStatus& status) {
    if (!status.state) {
        const std::string text = swap_status_text(status);
        return text.substr(0, text.find('\n'));
    }
    std::string line = fmt::format("{}: {}", sql::quoted(status.table), job::to_string(status.state->stage));
    for (const std::string& part : progress_parts(*status.state, status.progress))
        line += ", " + part;
    return line;
}

}  // namespace tripmig::view
