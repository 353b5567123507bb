#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/catalog/table_info.hpp"

namespace tripmig::ddl {

/// A foreign key of another table that is to point to (id, key) of a partitioned one: the referencing table carries the
/// partition key too, in a column of its own. Triggers there fill it from the referenced row whenever a statement
/// leaves it out, so that the service's statements need not know it; ON UPDATE CASCADE keeps it right when a row's
/// partition key changes. Function and triggers run as the tables' one owner.
struct CompositeKey {
    db::IncomingKey key;      ///< as it is while the table is a plain one
    std::string column;       ///< of the referencing table, with the partition key; empty: its columns have it already
    std::string type;         ///< that column's
    bool adds_column = true;  ///< false: it was there before
    QualifiedName parent;     ///< the table that is referenced
    std::string partition_key;  ///< its partition key
    std::string owner;
    std::string creator;  ///< the session's role

    [[nodiscard]] QualifiedName function() const;      ///< in the referenced table's schema
    [[nodiscard]] std::string fill_trigger() const;    ///< before INSERT and UPDATE; begins with zz_, to be the last
    [[nodiscard]] std::string settle_trigger() const;  ///< after them: a row that came before the one it points to.
                                                       ///< Begins with 00_: before the foreign key's own trigger,
                                                       ///< which skips a row that was written again
    [[nodiscard]] std::string interim_name() const;    ///< of the foreign key until the cut-over
    static constexpr std::string_view interim_prefix = "tripmig_composite_";
};

/// The column's name: trip_plan_id that points to id goes with trip_plan_created_at, any other x with x_created_at.
std::string companion_column(const db::IncomingKey& key, const std::string& partition_key);

}  // namespace tripmig::ddl
