#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/step.hpp"
#include "ddl/composite_key.hpp"

namespace tripmig::ddl {

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
