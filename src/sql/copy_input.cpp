#include "sql/copy_input.hpp"

#include <algorithm>

#include "sql/tokens.hpp"

namespace tripmig::sql {

bool reads_client_data(std::string_view copy_statement, bool standard_conforming_strings) {
    TokenCursor cursor(copy_statement, standard_conforming_strings);
    cursor.take();
    while (cursor.peek().kind != TokenKind::end) {
        if (cursor.peek().is_punctuation('(')) {  // a column list, or a query with a FROM of its own
            if (!cursor.skip_parentheses())
                return false;
        } else if (cursor.take_word("from")) {
            return cursor.peek().is_word("stdin") || cursor.peek().is_word("stdout");
        } else {
            cursor.take();
        }
    }
    return false;
}

CopyLines copy_lines(std::string_view text, std::size_t begin) {
    std::size_t line = begin;
    while (line < text.size()) {
        const std::size_t line_end = std::min(text.find('\n', line), text.size());
        const std::size_t next = std::min(line_end + 1, text.size());
        const std::string_view content = text.substr(line, line_end - line);
        if (content == "\\." || content == "\\.\r")
            return {text.substr(begin, line - begin), next};
        line = next;
    }
    return {text.substr(std::min(begin, text.size())), text.size()};
}

}  // namespace tripmig::sql
