#include "sql/normalised.hpp"

#include "sql/identifier.hpp"
#include "sql/tokens.hpp"

namespace tripmig::sql {

namespace {

void append_with_line_feeds(std::string& result, std::string_view text) {
    for (std::size_t i = 0; i < text.size(); ++i)
        if (text[i] != '\r' || text.substr(i + 1, 1) != "\n")
            result += text[i];
}

void append_token(std::string& result, const Token& token) {
    result += ' ';
    if (token.kind == TokenKind::identifier) {
        result += folded(token.text);
    } else if (token.kind != TokenKind::string) {
        append_with_line_feeds(result, token.text);
    } else {
        // 'a' newline 'b' has blanks and comments in its gaps: each gap is one line feed here.
        const char* gap = "";
        for (const std::string_view part : string_parts(token)) {
            result += gap;
            append_with_line_feeds(result, part);
            gap = "\n";
        }
    }
}

}  // namespace

void append_normalised(std::string& result, const Include& include) {
    result += (include.is_relative ? "\\ir " : "\\i ") + include.path + "\n";
}

void append_normalised(std::string& result, const Statement& statement) {
    TokenCursor cursor(statement.text, statement.standard_conforming_strings);
    while (cursor.peek().kind != TokenKind::end)
        append_token(result, cursor.take());
    result += statement.is_joined ? " \\;\n" : " ;\n";
    if (statement.copy_data_offset == 0)
        return;
    append_with_line_feeds(result, statement.copy_data);
    if (!statement.copy_data.empty() && statement.copy_data.back() != '\n')
        result += '\n';
    result += "\\.\n";
}

std::string normalised(const ScannedText& script) {
    std::string result;
    std::size_t index = 0;
    auto include = script.includes.begin();
    const auto append_includes = [&] {
        for (; include != script.includes.end() && include->before == index; ++include)
            append_normalised(result, *include);
    };
    for (; index < script.statements.size(); ++index) {
        append_includes();
        append_normalised(result, script.statements[index]);
    }
    append_includes();
    return result;
}

std::string normalised(std::string_view text, const ScanOptions& options) {
    return normalised(scan(text, options));
}

}  // namespace tripmig::sql
