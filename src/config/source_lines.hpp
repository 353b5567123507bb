#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.hpp"

namespace tripmig::config {

/// The lines of one configuration file, as far as messages may show them.
class SourceLines {
  public:
    SourceLines(std::string_view text, std::string name);

    /// The place for a message. What may be a secret stands in no message: such a line is cut after its `=`.
    [[nodiscard]] SourcePosition position(std::size_t line, std::size_t column) const;

  private:
    struct Line {
        std::string text;
        bool has_secrets = false;  ///< in a section of URLs, passwords or placeholders
    };

    std::string m_name;
    std::vector<Line> m_lines;
};

}  // namespace tripmig::config
