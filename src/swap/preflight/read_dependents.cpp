#include "swap/preflight/read_dependents.hpp"

#include <utility>

#include "db/catalog/table_catalog.hpp"
#include "job/state/state.hpp"
#include "swap/matviews.hpp"

namespace tripmig::swap {

void read_children(db::Session& session, job::Facts& facts, const config::PartitionPolicy& policy) {
    if (policy.swap.incoming_foreign_keys != config::IncomingForeignKeys::composite)
        return;
    for (const db::IncomingKey& key : facts.table->incoming)
        if (facts.children.count(key.table) == 0)
            if (auto child = db::read_table(session, key.table))
                facts.children.emplace(key.table, std::move(*child));
}

void read_dependents(db::Session& session, job::Facts& facts, const config::PartitionPolicy& policy) {
    if (!facts.table)
        return;
    for (const job::DependentView& view : dependent_matviews(*facts.table))
        if (std::optional<ddl::Matview> matview = read_matview(session, view))
            facts.matviews.push_back(std::move(*matview));
    read_children(session, facts, policy);
}

}  // namespace tripmig::swap
