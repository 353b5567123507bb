#include "partition/retention/sizes.hpp"

#include <string_view>

#include "base/error.hpp"

namespace tripmig::partition {

namespace {

constexpr std::string_view lock_not_available = "55P03";

void add_sizes(db::Session& session, const std::vector<db::PartitionInfo>& infos, Sizes& sizes) {
    for (db::PartitionSize& size : db::read_partition_sizes(session, infos))
        sizes.emplace(size.oid, std::move(size));
}

void add_sizes_one_by_one(db::Session& session, const std::vector<db::PartitionInfo>& infos, Sizes& sizes) {
    for (const db::PartitionInfo& info : infos) {
        try {
            add_sizes(session, {info}, sizes);
        } catch (const Error& error) {
            if (error.sqlstate() != lock_not_available)
                throw;
        }
    }
}

}  // namespace

Sizes read_sizes(db::Session& session, const std::vector<db::PartitionInfo>& infos) {
    Sizes sizes;
    if (infos.empty())
        return sizes;
    try {
        add_sizes(session, infos, sizes);
    } catch (const Error& error) {
        if (error.sqlstate() != lock_not_available)
            throw;
        add_sizes_one_by_one(session, infos, sizes);
    }
    return sizes;
}

}  // namespace tripmig::partition
