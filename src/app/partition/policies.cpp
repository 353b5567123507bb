#include "app/partition/policies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

Error no_policy(const config::Config& config, const QualifiedName& table, const ChosenPolicies& all) {
    if (!all.unreadable.empty())
        return Error(all.unreadable.front().error->rewrapped(
            ExitCode::usage, fmt::format("none of the readable policies is for {}: ", sql::quoted(table))));
    std::vector<std::string> known;
    known.reserve(all.policies.size());
    for (const config::PartitionPolicy& policy : all.policies)
        known.push_back(sql::quoted(policy.table));
    const std::string near = nearest(sql::quoted(table), known);
    return {
        ExitCode::usage, fmt::format("no policy in {} is for {}", config.partitions.dir.string(), sql::quoted(table)),
        near.empty() ? "a policy is a .toml file there, with table = \"...\"" : fmt::format("did you mean {}?", near)};
}

ChosenPolicies read_policies(const std::filesystem::path& directory) {
    ChosenPolicies all;
    for (config::PolicyFile& file : config::read_policy_files(directory)) {
        if (file.policy)
            all.policies.push_back(std::move(*file.policy));
        else
            all.unreadable.push_back(std::move(file));
    }
    return all;
}

}  // namespace

ChosenPolicies chosen_policies(const Context& context, const std::vector<std::string>& only) {
    ChosenPolicies all = read_policies(context.config.partitions.dir);
    if (only.empty())
        return all;
    std::vector<QualifiedName> wanted;
    wanted.reserve(only.size());
    for (const std::string& text : only)
        wanted.push_back(config::parse_table_name(text));
    for (const QualifiedName& table : wanted)
        if (std::none_of(all.policies.begin(), all.policies.end(),
                         [&](const auto& policy) { return policy.table == table; }))
            throw no_policy(context.config, table, all);
    ChosenPolicies chosen;
    for (config::PartitionPolicy& policy : all.policies)
        if (std::find(wanted.begin(), wanted.end(), policy.table) != wanted.end())
            chosen.policies.push_back(std::move(policy));
    for (const config::PolicyFile& file : all.unreadable)
        context.reporter.warning("partition.policy", file.file.string() + " can't be read: " + file.error->message());
    return chosen;
}

}  // namespace tripmig::app
