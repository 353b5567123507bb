#include "app/partition/policies.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "base/nearest.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

Error no_policy(const config::Config& config, const QualifiedName& table,
                const std::vector<config::PartitionPolicy>& policies) {
    std::vector<std::string> known;
    known.reserve(policies.size());
    for (const config::PartitionPolicy& policy : policies)
        known.push_back(sql::quoted(policy.table));
    const std::string near = nearest(sql::quoted(table), known);
    return {
        ExitCode::usage,
        fmt::format("--only {}: no policy in {} is for that table", sql::quoted(table), config.partitions.dir.string()),
        near.empty() ? "a policy is a .toml file there, with table = \"...\"" : fmt::format("did you mean {}?", near)};
}

}  // namespace

std::vector<config::PartitionPolicy> chosen_policies(const config::Config& config,
                                                     const std::vector<std::string>& only) {
    std::vector<config::PartitionPolicy> all = config::load_policies(config.partitions.dir);
    if (only.empty())
        return all;
    std::vector<QualifiedName> wanted;
    wanted.reserve(only.size());
    for (const std::string& text : only)
        wanted.push_back(config::parse_table_name(text));
    for (const QualifiedName& table : wanted)
        if (std::none_of(all.begin(), all.end(), [&](const auto& policy) { return policy.table == table; }))
            throw no_policy(config, table, all);
    all.erase(std::remove_if(all.begin(), all.end(),
                             [&](const auto& policy) {
                                 return std::find(wanted.begin(), wanted.end(), policy.table) == wanted.end();
                             }),
              all.end());
    return all;
}

}  // namespace tripmig::app
