#pragma once

#include <string>

#include "app/context.hpp"
#include "app/migrate/schema_dump.hpp"

namespace tripmig::app {

struct DumpOptions {
    std::string file;     ///< empty: none
    bool checks = false;  ///< compare with the file, which stays as it is
    DumpContent content;
};

struct DumpResult {
    std::string file;
    bool is_checked = false;  ///< and is the schema of the database
    std::string schema;
};

/// The schema as text, written into the file or compared with it. Throws Error{disagreement} when it differs.
DumpResult dump_database(const Context& context, const DumpOptions& options);

}  // namespace tripmig::app
