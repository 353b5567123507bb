#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"
#include "ddl/bounds.hpp"

namespace tripmig::ddl {

/// A leaf that is there or is to be.
struct Leaf {
    QualifiedName name;
    Bounds bounds;

    friend bool operator==(const Leaf&, const Leaf&) = default;
};

/// The name that a pattern gives to the leaf that begins at `start`: `{table}`, `{start}` (numbers), `{start:%Y_%m}`
/// (times, UTC; %Y %y %m %d %H %M %S %j %G %V %%). Cut to 63 bytes with a hash. Throws Error{usage} naming what the
/// pattern has wrong.
std::string leaf_name(std::string_view pattern, std::string_view table, KeyType key, const Bound& start);

/// Names for leaves that are to be made beside their parent; orders_minus_infinity FROM (MINVALUE) and orders_infinity
/// FROM ('infinity') when the key is a time. Throws Error{refused} when two of them, or one of them and
/// a relation that is there (`taken`: names in the parent's schema), would have one name.
std::vector<Leaf> name_leaves(std::string_view pattern, const QualifiedName& parent, KeyType key,
                              const std::vector<Bounds>& missing, const std::set<std::string>& taken);

}  // namespace tripmig::ddl
