#pragma once

#include "db/step_connection.hpp"
#include "partition/adopt/draft.hpp"

namespace tripmig::partition {

/// One table's facts, without a lock on it.
TableFacts read_table_facts(db::StepConnection& connection, const QualifiedName& table);

/// The draft for it, with the time zones that it takes asked of the server. Throws as draft_policy() does, and
/// Error{usage} for a zone that the server does not have.
PolicyDraft read_draft(db::StepConnection& connection, const TableFacts& facts, const DraftWishes& wishes);

}  // namespace tripmig::partition
