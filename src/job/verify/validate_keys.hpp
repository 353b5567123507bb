#pragma once

#include <string>

#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

// After a cut-over or a revert: foreign keys that were added NOT VALID. Rows that point to no row may have come since
// the check before the cut-over. Then the key stays NOT VALID, which still holds for every new row; a warning names it,
// the rows, and what to do; and the job does not depend on it.

/// One key. False: it stays NOT VALID. `next`: what the warning tells to do once the rows are gone.
bool validate_key(Session& server, const QualifiedName& table, const std::string& name, const QualifiedName& references,
                  const std::string& next);

/// Keys of other tables to the registry, or to the new table.
bool validate_incoming(Session& server, const State& state);

/// Of a copy or split: foreign keys validated partition by partition, then adopted by the table's own. False: some are
/// not; then new partitions do not have them. May run again.
bool validate_outgoing(Session& server, const State& state);

/// Both.
bool validate_keys(Session& server, const State& state);

}  // namespace tripmig::job
