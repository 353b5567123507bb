#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/policy.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// A job keeps every choice that it began with, so that later commands need neither flags nor a policy file.

/// A choice as somebody says it now.
struct SaidChoice {
    std::string name;   ///< "interval", as policy files spell it
    std::string value;  ///< "1 month"
    std::string by;     ///< "--interval", "partitions/orders.toml"
};

/// "1 month", or a number.
std::string interval_text(const config::PartitionInterval& interval);

/// What a policy says of a swap, by name: key, interval and, as far as it names them, strategy, incoming_foreign_keys,
/// unique_indexes, unique_ids, outliers.
std::map<std::string, std::string> choices_in(const config::PartitionPolicy& policy);

/// Throws Error{refused} naming both values when a flag says something else than the job began with, or the policy file
/// something that is neither that nor what the file said then (a flag may have won over it). What was nobody's choice
/// when the job began may be chosen now.
void require_same_choices(const State& state, const std::vector<SaidChoice>& flags,
                          const std::optional<config::PartitionPolicy>& file);

/// What a job goes by: its own choices. `file`: what it says of partitions to come counts, as it does for `partition
/// maintain`; without it what the job was told. `told`: what the flags and the file say together; what the job did not
/// choose is chosen there.
config::PartitionPolicy policy_of_job(const State& state, const std::optional<config::PartitionPolicy>& file,
                                      const std::optional<config::PartitionPolicy>& told);

/// What the job keeps of the policy beside what its plan was made from.
JobPolicy kept_policy(const config::PartitionPolicy& policy);

}  // namespace tripmig::job
