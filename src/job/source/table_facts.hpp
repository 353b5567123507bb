#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>
#include "base/clock.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "db/session.hpp"
#include "ddl/key_scan.hpp"
#include "ddl/replacement/matview.hpp"
#include "job/session.hpp"

namespace tripmig::job {

using ddl::KeyFacts;

/// A function of a name that one of the registry's gets.
struct LeftoverFunction {
    std::string signature;
    bool is_orphaned = false;  ///< of a registry that tripmig made, and called by no trigger any more
};

/// Everything that the plan is made from.
struct Facts {
    std::optional<db::TableInfo> table;
    KeyFacts key;
    std::vector<ddl::Matview> matviews;  ///< that read it
    std::set<std::string> taken;         ///< names of relations and types in the table's schema
    Instant now;
    std::map<QualifiedName, db::TableInfo> children;  ///< tables with incoming keys; for the policy composite alone
    std::vector<LeftoverFunction> leftovers;
    int server_version = 150'000;
};

/// What the plan is made from, and most of what preflight is, but for what the rows say. The table is nullopt when
/// there is none of that name.
Facts read_facts(db::Session& session, const QualifiedName& table);

/// The same with what the rows say about the key; with their distribution over partitions of that interval when the
/// table has no index on the key. KeyReader says how it reads them.
Facts read_facts(Session& server, const QualifiedName& table, const std::string& key,
                 const std::optional<config::PartitionInterval>& interval);

}  // namespace tripmig::job
