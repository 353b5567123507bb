#pragma once

#include "base/error.hpp"
#include "job/session.hpp"
#include "job/state/state.hpp"

namespace tripmig::job {

/// What is said where there is no open job: none was begun, or how the last one ended.
Error no_open_job(Session& server, const QualifiedName& table);

/// The open job's state, or Error{refused}: there is none.
State require_job(Session& server, const QualifiedName& table);

}  // namespace tripmig::job
