#pragma once

#include <string>

#include "ddl/composite_key.hpp"

namespace tripmig::ddl {

/// The body of the function of both triggers, as a dollar-quoted string. Before a row is written: the column is set
/// from the row that it points to, unless the statement gave it; what it held goes when only the id changes, and when
/// the row points nowhere. That row is read FOR KEY SHARE: its key cannot change before the writer's transaction ends,
/// since the unique index on (id, key) makes such a change a FOR UPDATE lock (manual 13.3.2), and the foreign key's ON
/// UPDATE CASCADE then finds the new row. After: a row that found none looks again, as a foreign key does at the end of
/// the statement or of the transaction; without one it is a violation, in PostgreSQL's words.
std::string composite_body(const CompositeKey& composite);

}  // namespace tripmig::ddl
