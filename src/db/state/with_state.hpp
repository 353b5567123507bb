#pragma once

#include <string>
#include <string_view>

namespace tripmig::db {

/// A fixed statement (an embedded .sql file) with psql's :"state" put in as the quoted state schema, and :'state' as a
/// literal of its name.
std::string with_state(std::string_view statement, std::string_view state_schema);

}  // namespace tripmig::db
