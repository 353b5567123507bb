#pragma once

#include <functional>
#include <string>

#include "db/session.hpp"
#include "job/session.hpp"

namespace tripmig::job {

/// On the way out with a failure: tries `work` some times, in sessions of its own. `left`: the sentence that warns of
/// what is left when it never succeeds.
void clean_up_quietly(Session& server, const std::function<void(db::Session&)>& work, const std::string& left) noexcept;

}  // namespace tripmig::job
