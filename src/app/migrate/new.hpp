#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"

namespace tripmig::app {

struct NewMigration {
    std::vector<std::string> files;  ///< paths
};

/// Makes the files of a migration with the next version, as the directory's dialect has them. `name`: what it does, in
/// words.
NewMigration make_migration(const Context& context, const std::string& name, bool with_undo);

}  // namespace tripmig::app
