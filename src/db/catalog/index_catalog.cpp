#include "db/catalog/index_catalog.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "db/statements.hpp"

namespace tripmig::db {

std::vector<TreeMember> read_index_tree(Connection& connection, const std::string& table) {
    const Result tree = connection.execute(std::string(statements::index_tree), {table});
    std::vector<TreeMember> members;
    std::string oids = "{";
    for (std::size_t row = 0; row < tree.rows(); ++row) {
        TreeMember member;
        member.oid = static_cast<std::uint32_t>(tree.number(row, 0));
        member.name = {std::string(tree.text(row, 1)), std::string(tree.text(row, 2))};
        member.kind = tree.text(row, 3).front();
        member.parent = row == 0 ? 0 : static_cast<std::uint32_t>(tree.number(row, 5));
        oids += fmt::format("{}{}", row == 0 ? "" : ",", member.oid);
        members.push_back(std::move(member));
    }
    const Result states = connection.execute(std::string(statements::index_states), {oids + "}"});
    for (std::size_t row = 0; row < states.rows(); ++row) {
        const auto table_oid = static_cast<std::uint32_t>(states.number(row, 0));
        const auto owner = std::find_if(members.begin(), members.end(),
                                        [&](const TreeMember& member) { return member.oid == table_oid; });
        owner->indexes.push_back({{std::string(states.text(row, 2)), std::string(states.text(row, 1))},
                                  states.flag(row, 3),
                                  static_cast<std::uint32_t>(states.number(row, 6)),
                                  static_cast<std::uint32_t>(states.number(row, 4)),
                                  states.flag(row, 5)});
    }
    return members;
}

std::optional<NamedIndex> find_index(Connection& connection, const std::string& name) {
    const Result result = connection.execute(std::string(statements::named_index), {name});
    if (result.rows() == 0)
        return std::nullopt;
    return NamedIndex{{std::string(result.text(0, 1)), std::string(result.text(0, 2))},
                      {std::string(result.text(0, 5)), std::string(result.text(0, 6))},
                      result.text(0, 3) == "I"};
}

}  // namespace tripmig::db
