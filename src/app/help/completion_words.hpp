#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"

namespace tripmig::app {

/// What may stand where the shell asks: "versions" of the migrations directory, "tables" or "partitions" of the
/// database. A shell waits for it, so it never fails and takes two seconds at most for a database that does not answer:
/// then the tables of the policies, and no partitions.
std::vector<std::string> completion_words(const Context& context, const std::string& kind);

}  // namespace tripmig::app
