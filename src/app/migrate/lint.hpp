#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "lint/linter.hpp"

namespace tripmig::app {

struct LintOptions {
    std::vector<std::string> files;  ///< or directories; empty: the migrations directory
    bool lists_statements = false;   ///< all of them, also in files that are data
};

/// How many findings count, and how many an ignore covers.
struct LintCount {
    std::size_t errors = 0;
    std::size_t warnings = 0;
    std::size_t notes = 0;
    std::size_t ignored = 0;
};

struct LintResult {
    std::vector<lint::LintedFile> files;
    bool is_of_named_files = false;  ///< not only of directories

    [[nodiscard]] LintCount count() const;
    [[nodiscard]] ExitCode exit_code() const { return count().errors > 0 ? ExitCode::disagreement : ExitCode::ok; }
};

/// What each statement locks, rewrites and reads, and what is dangerous in it. Needs no database.
LintResult lint_migrations(const Context& context, const LintOptions& options);

}  // namespace tripmig::app
