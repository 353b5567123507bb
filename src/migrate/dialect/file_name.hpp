#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "migrate/migration.hpp"

namespace tripmig::migrate {

struct FileName {
    Kind kind = Kind::versioned;
    Version version;
    std::string description;
};

/// `V<version>__<description>.sql`, `U<version>__...`, `R__<description>.sql`: Flyway's names. nullopt for a file that
/// is no migration by its name (`README.md`, `helper.sql`). Throws Error{usage} for a name that was clearly meant as
/// one and is wrong
/// (`V1_add_users.sql`, `v1__x.sql`, `V__x.sql`): skipping it silently would leave a schema half made.
std::optional<FileName> parse_file_name(std::string_view name);

/// The name was meant as a migration's, right or wrong, with .sql in any case.
bool has_migration_shape(std::string_view name);

}  // namespace tripmig::migrate
