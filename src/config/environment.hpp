#pragma once

#include <map>
#include <string>
#include <vector>

#include "config/option_table.hpp"

namespace tripmig::config {

struct EnvironmentSetting {
    const Option* option;
    Setting setting;
};

/// What the environment says: TRIPMIG_<SECTION>_<KEY>, DATABASE_URL when TRIPMIG_DATABASE_URL is not set, and
/// TRIPMIG_MIGRATIONS_PLACEHOLDERS_<NAME>, where NAME is one of `placeholders` but for upper and lower case, or a new
/// one as it is written. An empty variable counts as not set. Throws Error{usage} for a TRIPMIG_... variable that
/// nobody reads, with the nearest known one.
std::vector<EnvironmentSetting> environment_settings(const std::map<std::string, std::string>& environment,
                                                     const std::map<std::string, std::string>& placeholders);

}  // namespace tripmig::config
