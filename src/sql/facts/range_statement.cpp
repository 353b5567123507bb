#include "sql/facts/range_statement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sql/tokens.hpp"

namespace tripmig::sql {

namespace {

bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

/// Reads one statement's tokens from left to right.
class RangeReader {
  public:
    RangeReader(std::string_view statement, bool standard_conforming_strings)
        : m_statement(statement), m_tokens(tokenize(statement, standard_conforming_strings)) {}

    RangeStatement read() {
        if (is_word("with"))
            return refused("it begins with WITH, which would run again for every batch");
        const bool is_update = take_word("update");
        if (!is_update && !(take_word("delete") && take_word("from")))
            return refused("only UPDATE and DELETE can be run in batches");
        if (!read_table())
            return refused("the name of its table was not found");
        if (is_update && !take_word("set"))
            return refused("its SET was not found");
        if (is_update)
            read_assigned();
        read_clauses();
        return std::move(m_result);
    }

  private:
    [[nodiscard]] bool at_end(std::size_t at) const {
        return at >= m_tokens.size() || m_tokens[at].kind == TokenKind::end;
    }
    [[nodiscard]] bool is_word(std::string_view word) const { return !at_end(m_at) && m_tokens[m_at].is_word(word); }
    bool take_word(std::string_view word) {
        const bool is_there = is_word(word);
        m_at += is_there ? 1 : 0;
        return is_there;
    }
    [[nodiscard]] bool is_mark(std::size_t at, char mark) const {
        return !at_end(at) && m_tokens[at].is_punctuation(mark);
    }

    RangeStatement refused(std::string why) {
        m_result.refusal = std::move(why);
        return std::move(m_result);
    }

    bool read_table() {
        m_result.is_only = take_word("only");
        const bool is_in_parentheses = m_result.is_only && is_mark(m_at, '(');
        m_at += is_in_parentheses ? 1 : 0;
        while (!at_end(m_at) && m_tokens[m_at].is_name()) {
            m_result.table.push_back(m_tokens[m_at++].value());
            if (!is_mark(m_at, '.'))
                break;
            ++m_at;
        }
        m_at += is_in_parentheses ? 1 : 0;
        if (m_result.table.empty())
            return false;
        if (!at_end(m_at) && m_tokens[m_at].text == "*")
            ++m_at;
        m_result.alias = m_result.table.back();
        const bool has_as = take_word("as");
        if (has_as && at_end(m_at))
            return false;
        const bool is_clause = is_word("set") || is_word("using") || is_word("where") || is_word("returning");
        if (has_as || (!at_end(m_at) && m_tokens[m_at].is_name() && !is_clause))
            m_result.alias = m_tokens[m_at++].value();
        return true;
    }

    /// a = ..., (b, c) = ..., d[1] = ..., e.part = ...: the names at the head of each.
    void read_assigned() {
        bool expects_target = true;
        int depth = 0;
        for (std::size_t at = m_at; !at_end(at); ++at) {
            const Token& token = m_tokens[at];
            if (depth == 0 && is_clause(at))
                return;
            if (expects_target && token.is_name() && (depth == 0 || is_mark(at - 1, '(') || is_mark(at - 1, ','))) {
                m_result.assigned.push_back(token.value());
                expects_target = depth > 0;
            }
            if (token.is_punctuation('(') || token.is_punctuation('['))
                ++depth;
            else if (token.is_punctuation(')') || token.is_punctuation(']'))
                --depth;
            if (depth == 0 && token.is_punctuation(','))
                expects_target = true;
            else if (depth == 0 && token.text == "=")
                expects_target = false;
        }
    }

    /// FROM of IS DISTINCT FROM opens no clause.
    [[nodiscard]] bool is_clause(std::size_t at) const {
        const Token& token = m_tokens[at];
        return token.is_word("where") || token.is_word("returning") || token.is_word("using") ||
               (token.is_word("from") && !m_tokens[at - 1].is_word("distinct"));
    }

    void read_clauses() {
        int depth = 0;
        std::optional<std::size_t> where;
        for (std::size_t at = m_at; !at_end(at); ++at) {
            const Token& token = m_tokens[at];
            if (token.is_punctuation('(') || token.is_punctuation('['))
                ++depth;
            else if (token.is_punctuation(')') || token.is_punctuation(']'))
                --depth;
            else if (depth == 0 && token.is_word("returning"))
                m_result.refusal = "it has RETURNING, whose rows would be lost";
            else if (depth == 0 && token.is_word("where") && !where)
                where = at;
            else if (depth == 0 && !where && is_clause(at))
                m_is_in_list = true;
            if (reads_own_table(at, m_is_in_list && depth == 0 && !where))
                m_result.refusal = fmt::format(
                    "it reads {} itself (line {} of the statement): later batches would see what earlier ones changed",
                    m_result.table.back(), line_of(token));
        }
        cut_at(where);
    }

    [[nodiscard]] std::ptrdiff_t line_of(const Token& token) const {
        return 1 +
               std::count(m_statement.begin(), m_statement.begin() + static_cast<std::ptrdiff_t>(token.offset), '\n');
    }

    /// The table's name where a FROM, a JOIN or a USING names what is read, its schema passed over.
    [[nodiscard]] bool reads_own_table(std::size_t at, bool is_in_list) const {
        if (!m_tokens[at].is_name() || m_tokens[at].value() != m_result.table.back() || is_mark(at + 1, '.'))
            return false;
        std::size_t before = at - 1;
        while (before >= 2 && is_mark(before, '.'))
            before -= 2;
        const Token& lead = m_tokens[before];
        return lead.is_word("from") || lead.is_word("join") || lead.is_word("using") || lead.is_word("only") ||
               lead.is_word("table") || (is_in_list && lead.is_punctuation(','));
    }

    void cut_at(std::optional<std::size_t> where) {
        if (!where) {
            m_result.head = m_statement;
            return;
        }
        m_result.head = m_statement.substr(0, m_tokens[*where].offset);
        m_result.condition = m_statement.substr(m_tokens[*where].offset + m_tokens[*where].text.size());
        if (!at_end(*where + 1) && m_tokens[*where + 1].is_word("current") && !at_end(*where + 2) &&
            m_tokens[*where + 2].is_word("of"))
            m_result.refusal = "it has WHERE CURRENT OF: a cursor has no range";
    }

    std::string_view m_statement;
    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    bool m_is_in_list = false;  ///< behind FROM or USING
    RangeStatement m_result;
};

}  // namespace

std::string RangeStatement::within(std::string_view range) const {
    if (condition.empty())
        return fmt::format("{}\nWHERE {}", head, range);
    // The ( takes the place of a blank where there is one: the places of the server's errors stay right.
    const std::string_view rest = is_blank(condition.front()) ? condition.substr(1) : condition;
    return fmt::format("{}WHERE({}\n) AND {}", head, rest, range);
}

RangeStatement range_statement(std::string_view statement, bool standard_conforming_strings) {
    return RangeReader(statement, standard_conforming_strings).read();
}

}  // namespace tripmig::sql
