#include "db/catalog/index_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/statements.hpp"

namespace tripmig::db {

std::vector<TreeMember> read_index_tree(Connection& connection, const std::string& table) {
    std::vector<TreeMember> members;
    std::string oids;
    for (const Row& row : connection.execute(std::string(statements::index_tree), {table})) {
        TreeMember member;
        member.oid = row.oid("oid");
        member.name = row.name();
        member.kind = row.letter("kind");
        member.parent = row.oid("parent");
        oids += fmt::format("{}{}", oids.empty() ? "" : ",", member.oid);
        members.push_back(std::move(member));
    }
    for (const Row& row : connection.execute(std::string(statements::index_states), {"{" + oids + "}"})) {
        const std::uint32_t table_oid = row.oid("table_oid");
        const auto owner = std::find_if(members.begin(), members.end(),
                                        [&](const TreeMember& member) { return member.oid == table_oid; });
        owner->indexes.push_back(
            {row.name(), row.flag("is_valid"), row.oid("oid"), row.oid("parent"), row.flag("may_be_building")});
    }
    return members;
}

std::optional<NamedIndex> find_index(Connection& connection, const std::string& name) {
    const Result result = connection.execute(std::string(statements::named_index), {name});
    if (result.empty())
        return std::nullopt;
    const Row row = result.row();
    return NamedIndex{row.name(), row.name("table_schema", "table_name"), row.flag("is_partitioned")};
}

}  // namespace tripmig::db
