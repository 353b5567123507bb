#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "generated_sql.hpp"
#include "sql/lexer.hpp"
#include "sql/normalised.hpp"
#include "sql/scanner.hpp"

using namespace tripmig;

namespace {

/// Whether only white space, comments and ; stand in it.
bool is_gap(std::string_view text) {
    sql::Lexer lexer(text);
    for (sql::Lexeme lexeme = lexer.next(); lexeme.kind != sql::LexemeKind::end; lexeme = lexer.next()) {
        const bool is_nothing = lexeme.kind == sql::LexemeKind::blank || lexeme.kind == sql::LexemeKind::line_comment ||
                                lexeme.kind == sql::LexemeKind::block_comment || lexer.text(lexeme) == ";";
        if (!is_nothing)
            return false;
    }
    return true;
}

/// Line and column counted the slow way, from the file's beginning.
std::pair<std::size_t, std::size_t> place(std::string_view text, std::size_t offset) {
    std::size_t line = 1;
    std::size_t column = 1;
    for (const char c : text.substr(0, offset)) {
        if (c == '\n') {
            ++line;
            column = 1;
        } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++column;
        }
    }
    return {line, column};
}

}  // namespace

TEST_CASE("generated scripts are split into what they were made of, and nothing is lost between") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        const test::GeneratedSql generated(seed, 40);
        const std::string& text = generated.script();
        const sql::ScannedText script = sql::scan(text);
        INFO("seed ", seed);
        REQUIRE(script.statements.size() == generated.statements().size());
        std::size_t end = 0;
        for (std::size_t i = 0; i < script.statements.size(); ++i) {
            const sql::Statement& statement = script.statements[i];
            REQUIRE(statement.text == generated.statements()[i]);
            REQUIRE(statement.text.data() == text.data() + statement.offset);
            REQUIRE(is_gap(std::string_view(text).substr(end, statement.offset - end)));
            REQUIRE(std::pair(statement.line, statement.column) == place(text, statement.offset));
            end = statement.offset + statement.text.size();
        }
        REQUIRE(is_gap(std::string_view(text).substr(end)));
    }
}

TEST_CASE("a script's comments are in order, each once, between statements") {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        const test::GeneratedSql generated(seed, 40);
        const sql::ScannedText script = sql::scan(generated.script());
        std::size_t total = script.comments_at_end().size();
        for (const sql::Statement& statement : script.statements) {
            total += statement.comment_count;
            for (const sql::Comment& comment : script.comments_before(statement))
                REQUIRE(comment.offset + comment.text.size() <= statement.offset);
        }
        REQUIRE(total == script.comments.size());
        for (const sql::Comment& comment : script.comments)
            REQUIRE(std::pair(comment.line, comment.column) == place(generated.script(), comment.offset));
    }
}

TEST_CASE("white space and comments between tokens do not count in the normalised text") {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        const test::GeneratedSql generated(seed, 20);
        const test::GeneratedSql plain(seed, 20, true);
        REQUIRE(generated.script() != plain.script());
        REQUIRE(sql::normalised(generated.script()) == sql::normalised(plain.script()));
        REQUIRE(sql::normalised(generated.script()) != sql::normalised(test::GeneratedSql(seed + 1000, 20).script()));
    }
}
