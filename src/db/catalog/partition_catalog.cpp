#include "db/catalog/partition_catalog.hpp"

#include <fmt/format.h>

#include "db/statements.hpp"

namespace tripmig::db {

namespace {

PartitionInfo partition_info(const Row& row) {
    PartitionInfo partition;
    partition.name = row.name();
    partition.oid = row.oid("oid");
    partition.bound = row.text_or_empty("bound");
    partition.is_partitioned = row.flag("is_partitioned");
    partition.is_detach_pending = row.flag("is_detach_pending");
    partition.rows = row.decimal("rows");
    partition.pages = row.number("pages");
    partition.options = row.list("options");
    partition.checks = row.list("checks");
    partition.publications = row.list("publications");
    return partition;
}

}  // namespace

std::optional<PartitioningInfo> read_partitioning(Session& session, const QualifiedName& table) {
    std::optional<PartitioningInfo> partitioning;
    session.transact(Isolation::repeatable_read, [&](Work& work) {
        const Result found = work.read(std::string(statements::partition_table), {table.schema, table.name});
        if (found.empty())
            return;
        const Row facts = found.row();
        partitioning.emplace();
        partitioning->oid = facts.oid("oid");
        partitioning->strategy = facts.letter("strategy");
        partitioning->key_columns = static_cast<int>(facts.number("key_columns"));
        partitioning->key = facts.text("key");
        for (const Row& row : work.read(std::string(statements::partition_list), {facts.text("oid")}))
            partitioning->partitions.push_back(partition_info(row));
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
        PartitionSize& size = sizes.emplace_back();
        size.oid = row.oid("oid");
        size.pages = row.number("pages");
        size.bytes = row.number("bytes");
        size.last_vacuum = row.optional_text("last_vacuum");
        size.last_analyze = row.optional_text("last_analyze");
        size.rows = row.optional_number("rows");
    }
    return sizes;
}

std::set<std::string> taken_names(Session& session, const std::string& schema, const std::vector<std::string>& names) {
    std::set<std::string> taken;
    if (names.empty())
        return taken;
    for (const Row& row : session.read(std::string(statements::partition_taken_names), {schema, joined_list(names)}))
        taken.insert(row.text("relname"));
    return taken;
}

}  // namespace tripmig::db
