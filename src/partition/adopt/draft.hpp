#pragma once

#include <optional>
#include <string>
#include <vector>

#include "partition/adopt/facts.hpp"
#include "partition/adopt/grid.hpp"
#include "partition/snapshot.hpp"

namespace tripmig::partition {

/// A policy as a file will say it, before it is one.
struct PolicyDraft {
    QualifiedName table;
    std::string key;
    config::PartitionInterval interval;
    std::string time_zone;  ///< empty: UTC
    int week_start = 1;
    std::optional<int> premake;        ///< nullopt: the default
    std::optional<std::string> start;  ///< of a table without partitions
    std::string name;
    config::KeyEncoding encoding;
    std::optional<config::PartitionInterval> keep;
    bool drops = false;  ///< after grace
    bool has_default = false;

    std::vector<std::string> notes;  ///< what whoever uses the policy should know, a sentence each
};

/// The draft for a table that is there. `zones`: those that partitions may begin in, with their offsets at the bounds.
/// `server_zone`: the database's own, named first where several fit. Throws Error{refused} when the partitions don't
/// tell what is needed, naming the option that does.
PolicyDraft draft_policy(const TableFacts& facts, const DraftWishes& wishes, const std::vector<Zone>& zones,
                         const std::string& server_zone);

/// The moments whose offsets draft_policy() needs; none where the key is no moment or the partitions begin in UTC.
std::vector<Instant> moments_for_zones(const TableFacts& facts, const DraftWishes& wishes);

/// How the table stands under the policy, as premake: so many partitions are ahead. nullopt: none is, or the last one
/// has no end.
std::optional<int> premake_of(const Snapshot& snapshot, const config::PartitionPolicy& policy);

/// What the first run would create, and what it would refuse; nullopt: nothing. One sentence.
std::optional<std::string> first_run_note(const Snapshot& snapshot, const config::PartitionPolicy& policy,
                                          const Limits& limits);

/// The file's text: config::parse_policy() takes it. `origin`: its first line, a comment.
std::string policy_text(const PolicyDraft& draft, const std::string& origin);

/// The name of its file: "orders.toml", "shop.orders.toml".
std::string policy_file_name(const QualifiedName& table);

}  // namespace tripmig::partition
