#pragma once

#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// The open job's state, or Error{refused}: there is none.
State require_job(Session& server, const QualifiedName& table);

}  // namespace tripmig::job
