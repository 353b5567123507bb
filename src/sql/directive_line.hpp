#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"
#include "sql/scanned_text.hpp"

namespace tripmig::sql {

/// key or key=value
struct DirectiveWord {
    std::string key;
    std::optional<std::string> value;
    std::size_t offset = 0;  ///< in the comment
};

/// One `-- tripmig: ...` comment, cut into words at blanks. Refers to what it was read from.
class DirectiveLine {
  public:
    /// nullopt for a comment that is no directive. Throws Error{usage} for one in /* */, and for one that says nothing.
    static std::optional<DirectiveLine> read(const Comment& comment, const ScannedText& script,
                                             const ScanOptions& options);

    [[nodiscard]] const std::vector<DirectiveWord>& words() const noexcept { return m_words; }
    [[nodiscard]] const Comment& comment() const noexcept { return *m_comment; }
    /// What stands behind the first word, as it is written.
    [[nodiscard]] std::string text_after_first() const;
    /// An error at that byte of the comment.
    [[nodiscard]] Error failure(std::size_t offset, std::string message, std::string hint) const;

  private:
    DirectiveLine(const Comment& comment, const ScannedText& script, const ScanOptions& options)
        : m_comment(&comment), m_script(&script), m_options(&options) {}
    void read_words(std::size_t begin);

    const Comment* m_comment;
    const ScannedText* m_script;
    const ScanOptions* m_options;
    std::vector<DirectiveWord> m_words;
    std::size_t m_after_first = 0;
};

/// Whether a comment begins as a directive does: -- tripmig: in any case.
bool begins_as_directive(std::string_view comment) noexcept;

}  // namespace tripmig::sql
