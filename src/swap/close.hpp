#pragma once

#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::swap {

/// The open job's state. Throws Error{refused} when there is none, or it can't be finished yet.
job::State require_complete(job::Session& server, const QualifiedName& table);

/// Closes a job whose cut-over is done and followed up: from then on there is no way back. Throws Error{refused} when
/// it is not that far.
job::State finish(job::Session& server, const QualifiedName& table);

/// Gives a swap up before its cut-over: takes off and drops everything that it made. Throws Error{refused} after the
/// cut-over, naming `revert`.
job::State abort(job::Session& server, const QualifiedName& table);

}  // namespace tripmig::swap
