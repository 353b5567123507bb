#pragma once

#include <string>
#include <string_view>

namespace tripmig::migrate {

/// What `V1__x.sql.conf` says of the script beside it (Flyway's script configuration).
struct FlywayScriptConfig {
    bool execute_in_transaction = true;
    bool replaces_placeholders = true;
};

/// Lines of key=value; # begins a comment. Throws Error{usage} at its line for a value that is none, and for a key that
/// tripmig does not do: an encoding but UTF-8, a condition in shouldExecute.
FlywayScriptConfig read_flyway_script_config(const std::string& file, std::string_view content);

}  // namespace tripmig::migrate
