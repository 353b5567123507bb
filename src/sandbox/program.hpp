#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tripmig::sandbox {

struct ProgramResult {
    int status = 0;      ///< the exit code; 127: not found; 128 + n: ended by signal n
    std::string output;  ///< stdout and stderr, as they came
};

/// What a PostgreSQL program finds in its environment: none of the PG* variables that would lead it elsewhere.
const std::vector<std::string>& bare_environment();

/// Runs a program of PATH to its end, without a shell, in the bare environment and in /, with `input` as its stdin.
/// PostgreSQL's programs complain about a working directory that they may not enter. `input` must fit a pipe (64 KiB).
ProgramResult run_program(const std::vector<std::string>& arguments, std::string_view input);

}  // namespace tripmig::sandbox
