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
/// (times, local in the calendar's zone; %Y %m %d %H %M %j %G %V). When it is longer than 63 bytes the table's part of
/// it is shortened and gets a hash: the date stays. Throws Error{usage} naming what the pattern has wrong.
std::string leaf_name(std::string_view pattern, std::string_view table, KeyType key, const Bound& start,
                      const Calendar& calendar = {});

/// Names for leaves that are to be made beside their parent; orders_minus_infinity FROM (MINVALUE) and orders_infinity
/// FROM ('infinity') when the key is a time. Throws Error{refused} when two of them, or one of them and
/// a relation that is there (`taken`: names in the parent's schema), would have one name.
std::vector<Leaf> name_leaves(std::string_view pattern, const QualifiedName& parent, KeyType key,
                              const std::vector<Bounds>& missing, const std::set<std::string>& taken);

/// The same where a name that is taken is no obstacle: the next free of NAME_2, NAME_3 is used.
std::vector<Leaf> name_leaves_freely(std::string_view pattern, const QualifiedName& parent, KeyType key,
                                     const std::vector<Bounds>& missing, const std::set<std::string>& taken,
                                     const Calendar& calendar = {});
/// The names of which name_leaves_freely() must know whether they are taken.
std::vector<std::string> possible_names(std::string_view pattern, const QualifiedName& parent, KeyType key,
                                        const std::vector<Bounds>& missing, const Calendar& calendar = {});

}  // namespace tripmig::ddl
