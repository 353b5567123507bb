#pragma once

#include "base/error.hpp"

namespace CLI {
class App;
class ParseError;
}  // namespace CLI

namespace tripmig::cli {

/// The innermost subcommand that the command line chose; the app itself when none.
const CLI::App& innermost(const CLI::App& app);

/// "tripmig swap run": the words that lead to this subcommand.
std::string spelled(const CLI::App& command);

/// What CLI11 found wrong, as an Error{usage} that names the nearest command or option, and where help is.
Error usage_error(const CLI::App& app, const CLI::ParseError& failure);

}  // namespace tripmig::cli
