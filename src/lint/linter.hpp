#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lint/file_kind.hpp"
#include "lint/finding.hpp"
#include "lint/schema.hpp"
#include "sql/script.hpp"

namespace tripmig::lint {

/// Reads migrations in the order in which they run, and says of each statement what it locks, rewrites and reads, and
/// what is dangerous in it. It knows what the files before, and the statements before in the same file, have made.
/// Pure: no server, no file. Copies are cheap enough to look at an undo file aside.
class Linter {
  public:
    /// `keeps_all`: false: statements without a finding are left out of the result, for files with very many.
    explicit Linter(bool keeps_all = true) : m_keeps_all(keeps_all) {}

    void set_keeps_all(bool keeps_all) noexcept { m_keeps_all = keeps_all; }

    /// The next file. An undo file undoes the file given last: what that one made may go.
    LintedFile lint(const sql::Script& script, std::string file, FileKind kind);

  private:
    bool m_keeps_all;
    KnownSchema m_schema;
    std::size_t m_files = 0;
};

}  // namespace tripmig::lint
