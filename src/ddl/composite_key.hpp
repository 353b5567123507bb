#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"
#include "db/table_info.hpp"

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

/// The same foreign key with the column, to (id, key). ON UPDATE becomes CASCADE.
db::IncomingKey with_companion(const CompositeKey& composite);

/// The column, the function and its triggers. ADD COLUMN without default rewrites nothing (manual, ALTER TABLE: Notes);
/// it takes ACCESS EXCLUSIVE on the referencing table. Nothing when the key has its columns already.
std::vector<Step> begin_composite(const CompositeKey& composite);

/// Until the cut-over: the foreign key with the column beside the old one, NOT VALID. It needs a unique index on (id,
/// key). From here on no change of the table's partition key leaves a filled column behind.
Step add_interim_key(const CompositeKey& composite);
Step drop_interim_key(const CompositeKey& composite);

/// Fills the column of the rows in blocks [from, to) that lack it, by their own triggers. `waits`: for rows that others
/// write; else it leaves them out.
Step fill_composite(const CompositeKey& composite, std::int64_t from, std::int64_t to, bool waits);
/// A SELECT of one boolean: whether a row is there that lacks it.
std::string is_unfilled_sql(const CompositeKey& composite);

/// Takes away what begin_composite() made. May run again, and when a part is gone.
std::vector<Step> end_composite(const CompositeKey& composite);

}  // namespace tripmig::ddl
