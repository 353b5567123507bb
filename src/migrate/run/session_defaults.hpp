#pragma once

#include "migrate/script.hpp"

namespace tripmig::migrate {

/// May the file change the settings that a session of this role and database begins with: ALTER DATABASE, ROLE or USER
/// ... SET or RESET, also in the text that a DO or a function executes. Only a new session has them. Pure.
bool changes_session_defaults(const Script& script);

}  // namespace tripmig::migrate
