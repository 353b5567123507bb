#pragma once

#include <map>
#include <string>

#include "base/error.hpp"

namespace tripmig::app {

/// The same failure with ${name} in the place of each placeholder's value, which may be a password: in the server's
/// words, in the line of the file, and the column where that line has it.
Error without_values(const Error& error, const std::map<std::string, std::string>& placeholders);

}  // namespace tripmig::app
