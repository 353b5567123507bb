#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "sql/scanner.hpp"

namespace tripmig::sql {

/// `-- tripmig: ignore=RULE reason`, `-- tripmig: ignore-file=RULE reason`
struct IgnoredRule {
    std::string rule;
    std::string reason;
    std::size_t line = 0;

    bool operator==(const IgnoredRule&) const = default;
};

/// `-- tripmig: swap TABLE`
struct SwapDirective {
    std::vector<std::string> table;  ///< the name's parts as the catalog spells them
    SourcePosition position;
};

/// `-- tripmig: expect QUERY`: what must hold before the file runs.
struct Expectation {
    std::string query;  ///< one SELECT, VALUES, TABLE or WITH, without ; and comments
    SourcePosition position;
};

/// What `-- tripmig:` comments above the first statement say of the whole file. Several settings may share one comment:
/// `-- tripmig: transaction=off lock_timeout=2s`. Absent: not said.
struct FileDirectives {
    std::optional<bool> transaction;                        ///< transaction=on|off
    std::optional<std::chrono::milliseconds> lock_timeout;  ///< lock_timeout=2s; 0ms: wait without limit
    std::optional<std::chrono::milliseconds> statement_timeout;
    std::optional<bool> retry;          ///< retry=on|off
    bool allow_out_of_order = false;    ///< allow-out-of-order
    std::vector<std::string> required;  ///< requires=V3, as it is written; may be given several times
    std::optional<SwapDirective> swap;  ///< wherever it stands: it is all that its file does
    std::vector<IgnoredRule> ignored;   ///< ignore-file=RULE reason: in every statement of the file
    std::vector<Expectation> expected;  ///< in the order in which they stand
};

/// `-- tripmig: batch by=id size=5000 pause=50ms`
struct Batch {
    std::string by;  ///< the column that the rows are taken by
    std::size_t size = 5000;
    std::chrono::milliseconds pause{0};

    bool operator==(const Batch&) const = default;
};

/// What the comments directly above one statement say of it.
struct StatementDirectives {
    std::optional<std::chrono::milliseconds> lock_timeout;  ///< `-- tripmig: statement lock_timeout=2s`
    std::optional<std::chrono::milliseconds> statement_timeout;
    std::optional<bool> retry;
    /// repeat=yes: a CALL or DO that commits by itself may run again as a whole after a run that did not see its end.
    std::optional<bool> repeat;
    std::vector<IgnoredRule> ignored;
    std::optional<Batch> batch;

    bool operator==(const StatementDirectives&) const = default;
};

struct Directives {
    FileDirectives file;
    std::map<std::size_t, StatementDirectives> statements;  ///< of those of which something is said, by their index
};

/// Reads every directive of a script. Throws Error{usage} at file:line:column for what would silently do nothing: an
/// unknown directive or key (the nearest known one is named), a value of the wrong form, a key said twice, a setting of
/// the file that does not stand above the first statement, a directive inside of a statement, beside the end of the one
/// before, or behind the last.
Directives directives(const ScannedText& script, const ScanOptions& options = {});

}  // namespace tripmig::sql
