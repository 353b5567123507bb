#include "job/choices.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

std::string text_of(config::IncomingForeignKeys choice) {
    static constexpr std::array<std::string_view, 4> names{"refuse", "registry", "composite", "drop"};
    return std::string(names.at(static_cast<std::size_t>(choice)));
}

std::string text_of(config::UniqueIndexes choice) {
    static constexpr std::array<std::string_view, 3> names{"refuse", "key", "leaf"};
    return std::string(names.at(static_cast<std::size_t>(choice)));
}

std::string text_of(config::Outliers choice) {
    static constexpr std::array<std::string_view, 3> names{"own", "default", "first"};
    return std::string(names.at(static_cast<std::size_t>(choice)));
}

/// What the job chose; a name that is not in it was nobody's choice.
std::map<std::string, std::string> choices_of(const State& state) {
    std::map<std::string, std::string> choices{
        {"key", state.key}, {"interval", state.interval}, {"strategy", std::string(to_string(state.strategy()))}};
    if (state.swap().incoming != config::IncomingForeignKeys::refuse)
        choices["incoming_foreign_keys"] = text_of(state.swap().incoming);
    if (state.unique_indexes != config::UniqueIndexes::refuse)
        choices["unique_indexes"] = text_of(state.unique_indexes);
    if (state.policy) {
        choices["unique_ids"] = state.policy->unique_ids ? "true" : "false";
        choices["outliers"] = text_of(state.policy->outliers);
    }
    return choices;
}

void require_same(const State& state, const SaidChoice& said) {
    const std::map<std::string, std::string> choices = choices_of(state);
    const auto chosen = choices.find(said.name);
    if (chosen == choices.end() || chosen->second == said.value)
        return;
    throw Error(ExitCode::refused,
                fmt::format("{} says {} = \"{}\", but the job on {} began with \"{}\"", said.by, said.name, said.value,
                            sql::quoted(state.table), chosen->second),
                state.is_cut_over()
                    ? "leave it out, or write what the job began with"
                    : fmt::format("leave it out; for another choice `tripmig swap abort {}`, and start again",
                                  sql::quoted(state.table)));
}

}  // namespace

std::string interval_text(const config::PartitionInterval& interval) {
    if (const auto* calendar = std::get_if<CalendarInterval>(&interval))
        return to_string(*calendar);
    return fmt::format("{}", std::get<std::int64_t>(interval));
}

std::map<std::string, std::string> choices_in(const config::PartitionPolicy& policy) {
    std::map<std::string, std::string> choices{{"key", policy.key}, {"interval", interval_text(policy.interval)}};
    if (policy.swap.names_strategy)
        choices["strategy"] = std::string(to_string(policy.swap.strategy));
    if (policy.swap.incoming_foreign_keys != config::IncomingForeignKeys::refuse)
        choices["incoming_foreign_keys"] = text_of(policy.swap.incoming_foreign_keys);
    if (policy.swap.unique_indexes != config::UniqueIndexes::refuse)
        choices["unique_indexes"] = text_of(policy.swap.unique_indexes);
    if (policy.swap.unique_ids)
        choices["unique_ids"] = "true";
    if (policy.swap.outliers != config::Outliers::own)
        choices["outliers"] = text_of(policy.swap.outliers);
    return choices;
}

void require_same_choices(const State& state, const std::vector<SaidChoice>& flags,
                          const std::optional<config::PartitionPolicy>& file) {
    for (const SaidChoice& said : flags)
        require_same(state, said);
    if (!file || !state.policy || state.is<PartitionJob>())
        return;
    const std::map<std::string, std::string>& then = state.policy->file_choices;
    for (const auto& [name, value] : choices_in(*file))
        if (const auto before = then.find(name); before == then.end() || before->second != value)
            require_same(state, {name, value, file->file.string()});
}

config::PartitionPolicy policy_of_job(const State& state, const std::optional<config::PartitionPolicy>& file,
                                      const std::optional<config::PartitionPolicy>& told) {
    config::PartitionPolicy policy = file ? *file : told ? *told : config::PartitionPolicy{};
    if (!file && state.policy) {
        policy.name = state.policy->name;
        policy.premake = state.policy->premake;
        policy.start = state.policy->start;
        policy.max_create = state.policy->max_create;
    }
    policy.table = state.root_table();
    policy.key = state.key;
    policy.interval = config::parse_partition_interval(state.interval);
    if (told)
        policy.swap = told->swap;
    policy.swap.strategy = state.strategy();
    if (state.swap().incoming != config::IncomingForeignKeys::refuse)
        policy.swap.incoming_foreign_keys = state.swap().incoming;
    if (state.unique_indexes != config::UniqueIndexes::refuse)
        policy.swap.unique_indexes = state.unique_indexes;
    if (state.policy) {
        policy.swap.unique_ids = state.policy->unique_ids;
        policy.swap.outliers = state.policy->outliers;
        if (!policy.swap.max_create)
            policy.swap.max_create = state.policy->told_max_create;
        for (const std::string& key : state.policy->dropped_keys)
            if (std::find(policy.swap.dropped_keys.begin(), policy.swap.dropped_keys.end(), key) ==
                policy.swap.dropped_keys.end())
                policy.swap.dropped_keys.push_back(key);
    }
    if (policy.swap.max_create)
        policy.max_create = policy.swap.max_create;
    return policy;
}

JobPolicy kept_policy(const config::PartitionPolicy& policy) {
    return {policy.name,
            policy.premake,
            policy.start,
            policy.max_create,
            policy.swap.unique_ids,
            policy.swap.dropped_keys,
            policy.swap.file_choices,
            policy.swap.outliers,
            policy.swap.max_create};
}

}  // namespace tripmig::job
