#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "lint/effects.hpp"
#include "lint/file_kind.hpp"
#include "lint/rule.hpp"
#include "sql/directive.hpp"
#include "sql/facts/facts.hpp"

namespace tripmig::lint {

/// One hazard, where it stands.
struct LintFinding {
    const LintRule* rule = nullptr;
    Level level = Level::warning;  ///< the rule's own, or less where the files don't tell enough
    std::string message;           ///< one sentence, which ends with the rule's name in [ ]
    std::string hint;              ///< what to write instead
    SourcePosition position;
    std::string ignored;  ///< the reason that an ignore gives; empty: it counts
};

struct LintedStatement {
    std::string text;
    sql::Facts facts;
    SourcePosition position;
    Effects effects;
    std::vector<LintFinding> findings;
    std::optional<sql::Batch> batch;  ///< it runs in batches
};

struct LintedFile {
    std::string file;
    FileKind kind = FileKind::versioned;
    bool is_transactional = true;
    std::string why_not;  ///< what makes it run a statement at a time
    std::vector<LintedStatement> statements;
    std::vector<LintFinding> findings;  ///< of the file's own ignores
    std::string swapped;                ///< the table that the file swaps, which is all that it does; empty: none
};

}  // namespace tripmig::lint
