#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sql/source_position.hpp"

namespace tripmig::sql {

struct ScanOptions {
    std::string file;                         ///< for messages
    bool standard_conforming_strings = true;  ///< as the session has it when the script begins
    TextStart start = {};  ///< where the text begins in its file; offsets and positions count from there
};

/// A comment between statements, or one that may be a directive inside of one.
struct Comment {
    std::string_view text;  ///< with its -- or /* */, without the line's end
    std::size_t offset = 0;
    std::size_t line = 0;
    std::size_t column = 0;
};

/// One statement. All views are into the text that was scanned, which must outlive them.
struct Statement {
    std::string_view text;   ///< without the closing ; and without the blanks and comments around it
    std::size_t offset = 0;  ///< of `text`, in bytes from the file's beginning
    std::size_t line = 0;    ///< from 1
    std::size_t column = 0;  ///< from 1, in characters
    std::size_t first_comment =
        0;  ///< the comments between the statement before and this one: Script::comments_before()
    std::size_t comment_count = 0;
    std::string_view copy_data;        ///< COPY ... FROM STDIN: its data lines, without the closing \.
    std::size_t copy_data_offset = 0;  ///< in bytes from the file's beginning; 0: this is no such COPY
    bool is_joined = false;  ///< closed by \; instead of ; : psql sends it and the next one as one implicit transaction
    bool standard_conforming_strings = true;  ///< how its strings are to be read
};

/// \i or \ir between statements. Reading the file is for others.
struct Include {
    std::string path;
    bool is_relative = false;  ///< \ir: from this file's folder; \i: from the working directory
    std::size_t before = 0;    ///< index of the statement that follows it
    std::size_t offset = 0;
    std::size_t line = 0;
    std::size_t column = 0;
};

struct ScannedText {
    std::string_view text;             ///< what was scanned
    std::deque<Statement> statements;  ///< a million of them are never moved, and go one by one
    std::vector<Include> includes;
    std::vector<Comment> comments;        ///< those between statements, and behind the last
    std::vector<Comment> inner_comments;  ///< `-- tripmig:` inside of a statement, where no directive can be

    [[nodiscard]] std::span<const Comment> comments_before(const Statement& statement) const {
        return std::span(comments).subspan(statement.first_comment, statement.comment_count);
    }
    /// The comments behind the last statement.
    [[nodiscard]] std::span<const Comment> comments_at_end() const {
        const std::size_t used =
            statements.empty() ? 0 : statements.back().first_comment + statements.back().comment_count;
        return std::span(comments).subspan(used);
    }
};

}  // namespace tripmig::sql
