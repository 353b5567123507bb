#include "sql/scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/error.hpp"
#include "sql/backslash_command.hpp"
#include "sql/copy_input.hpp"
#include "sql/directive_line.hpp"
#include "sql/identifier.hpp"
#include "sql/lexer.hpp"
#include "sql/routine_body.hpp"
#include "sql/string_setting.hpp"

namespace tripmig::sql {

namespace {

class Scanner {
  public:
    Scanner(std::string_view text, const ScanOptions& options)
        : m_text(text),
          m_options(options),
          m_strings(options.standard_conforming_strings),
          m_lexer(text, options.standard_conforming_strings,
                  text.substr(0, byte_order_mark.size()) == byte_order_mark ? byte_order_mark.size() : 0),
          m_position(text, options.start) {}

    ScannedText scan();

  private:
    void on_comment(const Lexeme& lexeme);
    void on_backslash(const Lexeme& lexeme);
    void on_command(std::size_t offset);
    void on_punctuation(const Lexeme& lexeme);
    void on_word(const Lexeme& lexeme);
    void on_end();

    void open_statement(const Lexeme& lexeme);
    void close_statement(bool is_joined);
    void close_group(std::size_t after_semicolon);
    void read_copy_data(std::size_t after_semicolon);
    void refuse_more_on_line(std::size_t line_end);
    void check_complete(const Lexeme& lexeme) const;
    [[nodiscard]] bool is_joining() const {
        return !m_script.statements.empty() && m_script.statements.back().is_joined;
    }
    [[nodiscard]] Error failure(std::size_t offset, std::string message, std::string hint) const;

    std::string_view m_text;
    const ScanOptions& m_options;
    StringSetting m_strings;
    Lexer m_lexer;
    PositionCounter m_position;
    ScannedText m_script;

    bool m_is_open = false;  // between a statement's first token and its ;
    Statement m_statement;
    std::size_t m_begin = 0;  // of the open statement, in m_text
    std::size_t m_end = 0;    // behind its last token
    std::string_view m_first_word;
    std::size_t m_first_comment = 0;  // of those not yet given to a statement
    std::size_t m_parentheses = 0;
    std::size_t m_outer_parenthesis = 0;
    RoutineBody m_body;
    std::vector<std::size_t> m_copies;  // statements of this group that wait for data lines
};

Error Scanner::failure(std::size_t offset, std::string message, std::string hint) const {
    Error error(ExitCode::usage, std::move(message), std::move(hint));
    error.at(source_position(m_text, offset, m_options.file, m_options.start));
    return error;
}

ScannedText Scanner::scan() {
    m_script.text = m_text;
    if (const std::size_t nul = m_text.find('\0'); nul != std::string_view::npos)
        throw failure(nul, "a NUL byte, which SQL text cannot contain",
                      "save the file as UTF-8 (UTF-16 has NUL bytes)");
    while (true) {
        const Lexeme lexeme = m_lexer.next();
        switch (lexeme.kind) {
            case LexemeKind::blank:
                break;
            case LexemeKind::line_comment:
            case LexemeKind::block_comment:
                on_comment(lexeme);
                break;
            case LexemeKind::backslash:
                on_backslash(lexeme);
                break;
            case LexemeKind::punctuation:
                on_punctuation(lexeme);
                break;
            case LexemeKind::identifier:
                on_word(lexeme);
                break;
            case LexemeKind::end:
                on_end();
                return std::move(m_script);
            default:
                check_complete(lexeme);
                open_statement(lexeme);
                m_body.on_token();
                break;
        }
    }
}

void Scanner::check_complete(const Lexeme& lexeme) const {
    if (lexeme.is_complete)
        return;
    switch (lexeme.kind) {
        case LexemeKind::block_comment:
            throw failure(lexeme.begin, "the comment opened here is never closed",
                          "comments nest: each /* needs its own */");
        case LexemeKind::dollar_string: {
            const std::string_view tag =
                m_text.substr(lexeme.begin, m_text.find('$', lexeme.begin + 1) + 1 - lexeme.begin);
            throw failure(lexeme.begin, fmt::format("the dollar-quoted string opened here is never closed by {}", tag),
                          "the closing tag must be the same, in upper and lower case too");
        }
        case LexemeKind::quoted_identifier:
        case LexemeKind::unicode_identifier:
            throw failure(lexeme.begin, "the quoted identifier opened here is never closed", "add the missing \"");
        default:
            throw failure(lexeme.begin, "the string opened here is never closed",
                          "add the missing '; inside a string write ''");
    }
}

void Scanner::on_comment(const Lexeme& lexeme) {
    check_complete(lexeme);
    const std::string_view text = m_lexer.text(lexeme);
    if (m_is_open && !begins_as_directive(text))
        return;
    m_position.advance(lexeme.begin);
    std::vector<Comment>& comments = m_is_open ? m_script.inner_comments : m_script.comments;
    comments.push_back({text, m_options.start.offset + lexeme.begin, m_position.line(), m_position.column()});
}

void Scanner::open_statement(const Lexeme& lexeme) {
    m_end = lexeme.end;
    if (m_is_open)
        return;
    m_is_open = true;
    m_begin = lexeme.begin;
    m_position.advance(lexeme.begin);
    m_statement = Statement{};
    m_statement.offset = m_options.start.offset + lexeme.begin;
    m_statement.line = m_position.line();
    m_statement.column = m_position.column();
    m_statement.first_comment = m_first_comment;
    m_statement.comment_count = m_script.comments.size() - m_first_comment;
    m_statement.standard_conforming_strings = m_strings.is_on();
    m_first_comment = m_script.comments.size();
    m_first_word = lexeme.kind == LexemeKind::identifier ? m_lexer.text(lexeme) : std::string_view();
}

void Scanner::on_word(const Lexeme& lexeme) {
    open_statement(lexeme);
    if (m_body.wants_words())
        m_body.on_word(m_lexer.text(lexeme), lexeme.begin, m_parentheses > 0);
}

void Scanner::on_punctuation(const Lexeme& lexeme) {
    const char mark = m_text[lexeme.begin];
    if (mark == ';' && m_parentheses == 0 && !m_body.is_open()) {
        close_statement(false);
        close_group(lexeme.end);
        return;
    }
    open_statement(lexeme);
    if (mark == ';' && m_parentheses == 0)
        m_body.on_semicolon();
    else
        m_body.on_token();
    if (mark == '(') {
        if (m_parentheses++ == 0)
            m_outer_parenthesis = lexeme.begin;
    } else if (mark == ')' && m_parentheses > 0) {
        --m_parentheses;
    }
}

void Scanner::close_statement(bool is_joined) {
    m_body = {};
    if (!m_is_open) {
        if (!is_joined && is_joining())
            m_script.statements.back().is_joined = false;
        return;
    }
    m_is_open = false;
    m_statement.text = m_text.substr(m_begin, m_end - m_begin);
    m_statement.is_joined = is_joined;
    m_script.statements.push_back(m_statement);
    if (equals_folded(m_first_word, "copy") && reads_client_data(m_statement.text, m_strings.is_on()))
        m_copies.push_back(m_script.statements.size() - 1);
    if (StringSetting::may_change(m_first_word)) {
        m_strings.apply(m_statement.text);
        m_lexer.set_standard_conforming_strings(m_strings.is_on());
    }
}

/// psql sends a group when its ; comes: the data of each COPY in it follows, from the next line on.
void Scanner::close_group(std::size_t after_semicolon) {
    if (!m_copies.empty())
        read_copy_data(after_semicolon);
}

void Scanner::read_copy_data(std::size_t after_semicolon) {
    const std::size_t line_end = m_text.find('\n', after_semicolon);
    refuse_more_on_line(std::min(line_end, m_text.size()));
    std::size_t begin = line_end == std::string_view::npos ? m_text.size() : line_end + 1;
    for (const std::size_t index : m_copies) {
        const CopyLines lines = copy_lines(m_text, begin);
        m_script.statements[index].copy_data = lines.data;
        m_script.statements[index].copy_data_offset = m_options.start.offset + begin;
        begin = lines.end;
    }
    m_copies.clear();
    m_lexer.seek(begin);
}

void Scanner::refuse_more_on_line(std::size_t line_end) {
    while (m_lexer.position() < line_end) {
        const Lexeme lexeme = m_lexer.next();
        const bool is_comment = lexeme.kind == LexemeKind::line_comment || lexeme.kind == LexemeKind::block_comment;
        if (is_comment && lexeme.end <= line_end)
            on_comment(lexeme);
        else if (lexeme.kind != LexemeKind::blank)
            throw failure(lexeme.begin, "COPY ... FROM STDIN takes its data from the next line on",
                          "put what follows the ; after the data, below the line \\.");
    }
}

void Scanner::on_backslash(const Lexeme& lexeme) {
    const std::string_view following = m_text.substr(lexeme.end, 1);
    if (following == ":")
        throw failure(lexeme.begin, "\\: is psql's way to write a colon",
                      "write : alone; psql's variables are not expanded here");
    if (following != ";") {
        on_command(lexeme.begin);
        return;
    }
    if (m_parentheses > 0 || m_body.is_open())
        throw failure(lexeme.begin, "\\; inside parentheses or a routine's body", "write ; alone");
    close_statement(true);
    m_lexer.seek(lexeme.end + 1);
}

void Scanner::on_command(std::size_t offset) {
    BackslashCommand command = read_backslash_command(m_text, offset, m_options);
    if (m_is_open || is_joining())
        throw failure(offset, "a psql command inside a statement", "end the statement before it with ;");
    if (command.kind == BackslashCommand::Kind::include) {
        m_position.advance(offset);
        command.include.before = m_script.statements.size();
        command.include.offset = m_options.start.offset + offset;
        command.include.line = m_position.line();
        command.include.column = m_position.column();
        m_script.includes.push_back(std::move(command.include));
    }
    m_lexer.seek(command.end);
}

void Scanner::on_end() {
    if (m_parentheses > 0)
        throw failure(m_outer_parenthesis, "the parenthesis opened here is never closed", "add the missing )");
    if (m_body.is_open())
        throw failure(m_body.opened_at(), "the BEGIN of this routine's body has no END",
                      "write END after the ; of the body's last statement");
    close_statement(false);
    close_group(m_text.size());
}

}  // namespace

ScannedText scan(std::string_view text, const ScanOptions& options) {
    return Scanner(text, options).scan();
}

}  // namespace tripmig::sql
