#pragma once

#include <string>
#include <string_view>

#include "app/context.hpp"

namespace tripmig::app {

struct DumpContent {
    bool with_owners = false;   ///< ALTER ... OWNER TO: the text depends on who made what
    bool with_history = false;  ///< the state schema too, and the rows of what is applied: not those of jobs
};

/// The database's schema as pg_dump --schema-only says it, made the same for the same schema:
/// see stable_dump(). pg_dump is the server's own version where Debian has it, else the one of PATH; PG_BINDIR names
/// another folder. It gets the password by its environment. Throws Error with pg_dump's own words when it fails.
std::string dump_schema(const Context& context, const DumpContent& content = {});

/// Without what differs from run to run and from machine to machine: the key of \restrict, the versions of the server
/// and of pg_dump, empty lines at the end.
std::string stable_dump(std::string_view text);

}  // namespace tripmig::app
