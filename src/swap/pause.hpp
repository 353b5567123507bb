#pragma once

#include "swap/server.hpp"

namespace tripmig::swap {

/// Marks the open job of this table paused, or not any more, for whichever process works on it: it holds before its
/// next chunk, and before its cut-over. Needs no job lock. Throws Error{refused} when no job is open.
void set_paused(Server& server, const QualifiedName& table, bool is_paused);

}  // namespace tripmig::swap
