#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "db/state/foreign_history.hpp"
#include "migrate/adoption.hpp"

namespace tripmig::app {

struct AdoptOptions {
    std::string from;   ///< flyway, golang-migrate, dbmate, goose; empty: told by the table
    std::string table;  ///< empty: the tool's own
    bool allow_missing = false;
};

struct AdoptResult {
    db::ForeignTable table;
    migrate::Adoption adoption;
    std::string version;      ///< the newest that counts as applied; empty: none
    std::size_t pending = 0;  ///< files
};

/// Takes another tool's history over. Runs nothing, and leaves the tool's table as it is.
AdoptResult adopt_history(const Context& context, const AdoptOptions& options);

}  // namespace tripmig::app
