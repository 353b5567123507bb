#include "migrate/dialect/goose_text.hpp"

#include <algorithm>

#include "migrate/dialect/environment_text.hpp"
#include "migrate/dialect/goose_marks.hpp"
#include "migrate/migration_file.hpp"

namespace tripmig::migrate {

namespace {

using Annotation = GooseMark::Kind;

/// Makes the text of one direction, line for line.
class Builder {
  public:
    Builder(const Migration& migration, bool with_variables)
        : m_migration(migration),
          m_content(content_of(migration)),
          m_begin(migration.section.begin),
          m_end(std::min(migration.section.end, m_content.size())),
          m_at(m_begin),
          m_line(migration.section.line) {
        if (with_variables)
            m_variables = migration.variables;
        m_result.start = {m_begin, migration.section.line, 1};
    }

    SectionText build() {
        for (const GooseMark& mark : goose_marks(m_migration.file, m_content)) {
            const bool is_inside = mark.mark.begin >= m_begin && mark.mark.begin < m_end;
            if (is_inside)
                copy_to(mark.mark.begin);
            if (mark.kind == Annotation::envsub_on || mark.kind == Annotation::envsub_off)
                m_is_substituting = mark.kind == Annotation::envsub_on;
            if (is_inside)
                replace(mark);
        }
        copy_to(m_end);
        return std::move(m_result);
    }

  private:
    /// The annotation's line gives way to an empty one; the end of a marked statement to the ; that it may lack.
    void replace(const GooseMark& mark) {
        if (mark.kind == Annotation::statement_begin)
            m_block = m_result.text.size();
        if (mark.kind == Annotation::statement_end) {
            m_result.blocks.emplace_back(m_block, m_result.text.size());
            m_result.text += ';';
        }
        m_result.text += '\n';
        m_at = std::min(mark.mark.end, m_end);
        ++m_line;
    }

    void copy_to(std::size_t end) {
        const std::string_view content = m_content;
        if (!m_is_substituting || m_variables == nullptr) {
            const std::string_view piece = content.substr(m_at, end - m_at);
            m_line += static_cast<std::size_t>(std::count(piece.begin(), piece.end(), '\n'));
            m_result.text += piece;
            m_at = end;
            return;
        }
        while (m_at < end) {
            const std::size_t feed = content.find('\n', m_at);
            const std::size_t line_end = feed == std::string_view::npos ? end : std::min(feed + 1, end);
            substitute(content.substr(m_at, line_end - m_at));
            m_at = line_end;
            ++m_line;
        }
    }

    void substitute(std::string_view line) {
        const std::size_t first = line.find_first_not_of(" \t");
        if (first != std::string_view::npos && line.substr(first, 2) == "--") {
            m_result.text += line;  // a comment: nothing in it has to be set
            return;
        }
        try {
            const std::string filled_in = with_environment(line, *m_variables);
            m_result.is_filled_in = m_result.is_filled_in || filled_in != line;
            m_result.text += filled_in;
        } catch (Error& error) {
            std::string shown(line.substr(0, line.find_last_not_of("\r\n") + 1));
            throw error.at({m_migration.file, m_line, 1, std::move(shown)});
        }
    }

    const Migration& m_migration;
    const std::string m_content;
    std::size_t m_begin;
    std::size_t m_end;
    std::size_t m_at;
    std::size_t m_line;
    Variables m_variables;
    bool m_is_substituting = false;
    std::size_t m_block = 0;
    SectionText m_result;
};

}  // namespace

SectionText goose_text(const Migration& migration, bool with_variables) {
    return Builder(migration, with_variables).build();
}

}  // namespace tripmig::migrate
