#include "view/swap.hpp"

#include <fmt/format.h>

#include <cmath>

#include <nlohmann/json.hpp>
#include <vector>

#include "report/progress_line.hpp"
#include "sql/identifier.hpp"
#include "view/json_values.hpp"

namespace tripmig::view {

using nlohmann::json;

namespace {

double milliseconds(std::int64_t microseconds) {
    return static_cast<double>(microseconds) / 1000.0;
}

json document_of(const QualifiedName& table, const job::State* state) {
    json document{{"table", fmt::format("{}.{}", table.schema, table.name)}};
    if (state == nullptr) {
        document["stage"] = "partitioned";
        return document;
    }
    document["strategy"] = job::to_string(state->strategy);
    document["stage"] = job::to_string(state->stage);
    document["job"] = state->job;
    document["key"] = state->key;
    document["interval"] = state->interval;
    document["cut"] = text_or_null(state->boundary);
    document["was_empty"] = state->was_empty;
    document["registry"] = state->has_registry;
    document["lock_held_ms"] = milliseconds(state->measured.lock_held_us);
    document["lock_wait_ms"] = milliseconds(state->measured.lock_wait_us);
    document["attempts"] = state->measured.attempts;
    document["cut_over_at"] = text_or_null(state->measured.at);
    if (state->stage == job::Stage::capturing)
        document["load"] = {{"blocks", state->blocks}};
    return document;
}

std::string text_of(const job::State& state) {
    std::string text = fmt::format("{}: {}", sql::quoted(state.table), job::to_string(state.stage));
    if (!state.boundary.empty())
        text += fmt::format(", cut at {}", state.boundary);
    if (state.measured.attempts > 0)
        text +=
            fmt::format("\ncut over at {} UTC: lock held {:.1f} ms, waited {:.1f} ms, {} attempt{}", state.measured.at,
                        milliseconds(state.measured.lock_held_us), milliseconds(state.measured.lock_wait_us),
                        state.measured.attempts, state.measured.attempts == 1 ? "" : "s");
    return text;
}

double megabytes_a_second(const job::JobProgress& progress) {
    return progress.blocks_a_second.value_or(0) * static_cast<double>(progress.block_size) / 1e6;
}

/// What is under way, a thing each.
std::vector<std::string> things_of(const job::State& state, const job::JobProgress& progress) {
    std::vector<std::string> things;
    if (state.stage == job::Stage::capturing && state.blocks > 0) {
        things.push_back(fmt::format("{} of {} blocks loaded", progress.blocks_done, state.blocks));
        if (progress.blocks_a_second)
            things.push_back(fmt::format("{:.1f} MB/s", megabytes_a_second(progress)));
        if (const auto left = job::time_left(state, progress))
            things.push_back(
                fmt::format("{} left", report::for_people(std::chrono::milliseconds(std::llround(*left * 1000)))));
    }
    if (progress.leaves > 0)
        things.push_back(fmt::format("{} of {} leaves indexed", progress.leaves_indexed, progress.leaves));
    if (progress.backlog > 0)
        things.push_back(fmt::format("{} changes wait in the log", progress.backlog));
    if (progress.is_paused)
        things.push_back(fmt::format("paused: tripmig swap resume {} lets it go on", sql::quoted(state.table)));
    else if (!progress.hold_kind.empty())
        things.push_back(fmt::format("holding since {} UTC: {}", progress.hold_since, progress.hold_reason));
    if (progress.busy_tps > 0)
        things.push_back(fmt::format("resting between chunks: others end {} transactions a second", progress.busy_tps));
    if (!state.is_cut_over() && progress.attempts > 0)
        things.push_back(fmt::format("{} attempt{} at the locks of the cut-over without success", progress.attempts,
                                     progress.attempts == 1 ? "" : "s"));
    if (!progress.waits_for.empty())
        things.push_back("waits for " + progress.waits_for);
    for (const std::string& key : progress.keys_not_valid)
        things.push_back(fmt::format("foreign key {} is NOT VALID", key));
    return things;
}

bool is_under_way(const job::State& state) {
    return state.stage != job::Stage::complete && state.stage < job::Stage::finished;
}

}  // namespace

std::string problems_text(const QualifiedName& table, const std::vector<std::string>& problems) {
    std::string text;
    for (const std::string& problem : problems)
        text += fmt::format("registry: {}\n", problem);
    if (!text.empty())
        text += fmt::format(
            "  hint: the registry may lack ids, or keep those of deleted rows: `ALTER TABLE ... ENABLE ALWAYS TRIGGER "
            "...` switches a trigger on again, `tripmig swap verify {}` names the ids that differ\n",
            sql::quoted(table));
    return text;
}

json swap_document(const QualifiedName& table, const job::State* state, const std::vector<std::string>& problems) {
    json document = document_of(table, state);
    document["registry_problems"] = problems;
    return document;
}

std::string swap_text(const QualifiedName& table, const job::State* state, const std::vector<std::string>& problems) {
    return (state == nullptr ? fmt::format("{} is partitioned already: nothing to do", sql::quoted(table))
                             : text_of(*state)) +
           '\n' + problems_text(table, problems);
}

json status_document(const job::State& state, const job::JobProgress& progress) {
    json document = document_of(state.table, &state);
    document["paused"] = progress.is_paused;
    document["worker"] = text_or_null(progress.worker);
    document["backlog"] = progress.backlog;
    document["must_compare"] = state.must_compare;
    document["altered"] = progress.altered;
    document["registry_problems"] = progress.registry_problems;
    const auto left = job::time_left(state, progress);
    document["load"] = {{"blocks", state.blocks}, {"blocks_done", progress.blocks_done}};
    document["load"]["seconds_left"] = left ? json(*left) : json();
    document["load"]["bytes_a_second"] =
        progress.blocks_a_second ? json(*progress.blocks_a_second * static_cast<double>(progress.block_size)) : json();
    if (progress.leaves > 0)
        document["index"] = {{"leaves", progress.leaves}, {"leaves_done", progress.leaves_indexed}};
    document["holding"] =
        progress.hold_kind.empty()
            ? json()
            : json{{"kind", progress.hold_kind}, {"reason", progress.hold_reason}, {"since", progress.hold_since}};
    document["resting"] = progress.busy_tps > 0 ? json{{"others_per_second", progress.busy_tps}} : json();
    document["waits_for"] = text_or_null(progress.waits_for);
    if (state.is_cut_over())
        document["keys_not_valid"] = progress.keys_not_valid;
    if (!state.is_cut_over())
        document["attempts"] = progress.attempts;
    return document;
}

std::string status_text(const job::State& state, const job::JobProgress& progress) {
    std::string text = text_of(state) + '\n';
    for (const std::string& thing : things_of(state, progress))
        text += thing + '\n';
    if (state.must_compare && !state.is_cut_over())
        text += fmt::format(
            "no cut-over before what was loaded is compared with the table, and found equal: tripmig swap verify {}\n",
            sql::quoted(state.table));
    for (const std::string& change : progress.altered)
        text += fmt::format("altered since: {}\n", change);
    text += problems_text(state.table, progress.registry_problems);
    if (!progress.worker.empty())
        text += fmt::format("at work: {}\n", progress.worker);
    else if (is_under_way(state))
        text += fmt::format("nobody is at work on it: tripmig {} {} goes on\n",
                            state.is_split() ? "partition split" : "swap run", sql::quoted(state.table));
    return text;
}

std::string status_line(const job::State& state, const job::JobProgress& progress) {
    std::string line = fmt::format("{}: {}", sql::quoted(state.table), job::to_string(state.stage));
    for (const std::string& thing : things_of(state, progress))
        line += ", " + thing;
    return line;
}

}  // namespace tripmig::view
