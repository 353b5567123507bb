#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"

namespace tripmig::app {

struct NewMigration {
    std::vector<std::string> files;  ///< paths
};

struct NewOptions {
    std::string name;              ///< what it does, in words
    bool with_undo = false;        ///< an undo file or part as well
    bool numbers_by_time = false;  ///< the version is the time (UTC), also where the others are small numbers
};

/// Makes the files of a migration with the next version, as the directory's dialect has them, and the directory where
/// there is none.
NewMigration make_migration(const Context& context, const NewOptions& options);

}  // namespace tripmig::app
