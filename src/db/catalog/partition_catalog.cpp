#include "db/catalog/partition_catalog.hpp"

#include <fmt/format.h>

#include "db/cells.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

namespace {

PartitionInfo partition_of(const Row& row) {
    Cells cells(row);
    PartitionInfo partition;
    partition.name = cells.name();
    partition.oid = static_cast<std::uint32_t>(cells.number());
    partition.bound = cells.text_or_empty();
    partition.is_partitioned = cells.flag();
    partition.is_detach_pending = cells.flag();
    partition.rows = cells.decimal();
    partition.pages = cells.number();
    partition.options = cells.list();
    partition.checks = cells.list();
    partition.publications = cells.list();
    return partition;
}

}  // namespace

std::optional<PartitioningInfo> read_partitioning(Session& session, const QualifiedName& table) {
    std::optional<PartitioningInfo> partitioning;
    session.transact(Isolation::repeatable_read, [&](Work& work) {
        const Rows facts = work.read(std::string(statements::partition_table), {table.schema, table.name});
        if (facts.empty())
            return;
        Cells cells(facts.front());
        partitioning.emplace();
        partitioning->oid = static_cast<std::uint32_t>(cells.number());
        partitioning->strategy = cells.letter();
        partitioning->key_columns = static_cast<int>(cells.number());
        partitioning->key = cells.text();
        for (const Row& row :
             work.read(std::string(statements::partition_list), {fmt::format("{}", partitioning->oid)}))
            partitioning->partitions.push_back(partition_of(row));
    });
    return partitioning;
}

std::vector<PartitionSize> read_partition_sizes(Session& session, const std::vector<PartitionInfo>& partitions) {
    std::vector<std::string> oids;
    oids.reserve(partitions.size());
    for (const PartitionInfo& partition : partitions)
        oids.push_back(fmt::format("{}", partition.oid));
    std::vector<PartitionSize> sizes;
    for (const Row& row : session.read(std::string(statements::partition_sizes), {joined_list(oids)})) {
        Cells cells(row);
        PartitionSize& size = sizes.emplace_back();
        size.oid = static_cast<std::uint32_t>(cells.number());
        size.pages = cells.number();
        size.bytes = cells.number();
        size.last_vacuum = cells.optional_text();
        size.last_analyze = cells.optional_text();
        if (const auto rows = cells.optional_text())
            size.rows = number_of(rows);
    }
    return sizes;
}

std::set<std::string> taken_names(Session& session, const std::string& schema, const std::vector<std::string>& names) {
    std::set<std::string> taken;
    if (names.empty())
        return taken;
    for (const Row& row : session.read(std::string(statements::partition_taken_names), {schema, joined_list(names)}))
        taken.insert(text_of(row.at(0)));
    return taken;
}

}  // namespace tripmig::db
