#pragma once

#include "job/session.hpp"

namespace tripmig::job {

/// Marks the open job of this table paused, or not any more, for whichever process works on it: it holds before its
/// next chunk, and before its cut-over. Needs no job lock. Throws Error{refused} when no job is open.
void set_paused(Session& server, const QualifiedName& table, bool is_paused);

}  // namespace tripmig::job
