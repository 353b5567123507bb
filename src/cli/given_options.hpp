#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tripmig::cli {

/// What the command line says of options and arguments, of the chosen command and of those around it: "--to 12 --yes".
/// For the audit and for hooks: what may be a secret is "(hidden)".
std::string given_options(const CLI::App& app);

}  // namespace tripmig::cli
