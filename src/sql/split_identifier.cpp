#include "sql/split_identifier.hpp"

#include "sql/tokens.hpp"

namespace tripmig::sql {

std::optional<std::vector<std::string>> split_identifier(std::string_view text) {
    Lexer lexer(text);
    for (Lexeme lexeme = lexer.next(); lexeme.kind != LexemeKind::end; lexeme = lexer.next())
        if (lexeme.kind == LexemeKind::line_comment || lexeme.kind == LexemeKind::block_comment)
            return std::nullopt;
    TokenCursor cursor(text);
    std::vector<std::string> parts;
    do {
        const Token token = cursor.take();
        if (!token.is_name() || !token.is_complete || token.value().empty())
            return std::nullopt;
        parts.push_back(token.value());
    } while (cursor.take_punctuation('.'));
    if (cursor.peek().kind != TokenKind::end)
        return std::nullopt;
    return parts;
}

}  // namespace tripmig::sql
