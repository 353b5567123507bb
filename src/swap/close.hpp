#pragma once

#include "swap/server.hpp"
#include "swap/state.hpp"

namespace tripmig::swap {

/// Closes a job whose cut-over is done and followed up: from then on there is no way back. Throws Error{refused} when
/// it is not that far.
SwapState finish(Server& server, const QualifiedName& table);

/// Gives a swap up before its cut-over: takes off and drops everything that it made. Throws Error{refused} after the
/// cut-over, naming `revert`.
SwapState abort(Server& server, const QualifiedName& table);

/// The open job's state, or Error{refused}: there is none.
SwapState require_job(Server& server, const QualifiedName& table);

}  // namespace tripmig::swap
