#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "migrate/lint_effects.hpp"
#include "migrate/lint_rule.hpp"
#include "migrate/lint_schema.hpp"
#include "migrate/migration.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

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
    Kind kind = Kind::versioned;
    bool is_transactional = true;
    std::string why_not;  ///< what makes it run a statement at a time
    std::vector<LintedStatement> statements;
    std::vector<LintFinding> findings;  ///< of the file's own ignores
    std::string swapped;                ///< the table that the file swaps, which is all that it does; empty: none
};

/// Reads migrations in the order in which they run, and says of each statement what it locks, rewrites and reads, and
/// what is dangerous in it. It knows what the files before, and the statements before in the same file, have made.
/// Pure: no server, no file. Copies are cheap enough to look at an undo file aside.
class Linter {
  public:
    /// `keeps_all`: false: statements without a finding are left out of the result, for files with very many.
    explicit Linter(bool keeps_all = true) : m_keeps_all(keeps_all) {}

    /// The next file. An undo file undoes the file given last: what that one made may go.
    LintedFile lint(const Script& script, std::string file, Kind kind);

  private:
    bool m_keeps_all;
    KnownSchema m_schema;
    std::size_t m_files = 0;
};

}  // namespace tripmig::migrate
