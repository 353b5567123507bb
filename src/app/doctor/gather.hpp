#pragma once

#include <set>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "db/connection.hpp"
#include "doctor/finding.hpp"

namespace tripmig::app {

/// What a look at these groups finds.
struct Examination {
    std::string server;
    std::vector<doctor::Check> checks;
};

/// Over a connection that is there. What concerns one check stays with that check; a lost connection is thrown.
Examination look_around(const Context& context, db::Connection& connection, const std::set<std::string>& groups);

}  // namespace tripmig::app
