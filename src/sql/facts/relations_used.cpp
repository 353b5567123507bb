#include "sql/facts/relations_used.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <utility>

#include "sql/tokens.hpp"

namespace tripmig::sql {

namespace {

constexpr std::size_t enough = std::size_t{64} * 1024;

template <std::size_t Count>
bool is_one_of(const Token& token, const std::array<std::string_view, Count>& words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return token.is_word(word); });
}

/// Functions whose arguments have a FROM in them: extract(year FROM x).
constexpr std::array<std::string_view, 6> from_functions{"extract", "substring", "trim",
                                                         "overlay", "position",  "btrim"};
/// What ends a FROM list.
constexpr std::array<std::string_view, 15> list_ends{"where",  "group",  "order",     "limit",  "having",
                                                     "window", "union",  "intersect", "except", "returning",
                                                     "set",    "offset", "fetch",     "for",    "select"};

class Reader {
  public:
    explicit Reader(std::vector<Token> tokens) : m_tokens(std::move(tokens)) {}

    RelationsUsed read() {
        find_ctes();
        m_levels.emplace_back();
        while (m_at < m_tokens.size())
            step();
        return std::move(m_used);
    }

  private:
    struct Level {
        bool in_list = false;  // of FROM
        bool expects = false;  // a relation
        bool is_from_function = false;
    };

    [[nodiscard]] const Token& token(std::size_t at) const {
        static const Token none;
        return at < m_tokens.size() ? m_tokens[at] : none;
    }
    [[nodiscard]] const Token& before() const { return token(m_at == 0 ? m_tokens.size() : m_at - 1); }

    /// WITH name [(columns)] AS [NOT] [MATERIALIZED] (
    void find_ctes() {
        for (std::size_t i = 1; i + 1 < m_tokens.size(); ++i) {
            if (!m_tokens[i].is_word("as"))
                continue;
            std::size_t next = i + 1;
            if (token(next).is_word("not"))
                ++next;
            if (token(next).is_word("materialized"))
                ++next;
            if (!token(next).is_punctuation('('))
                continue;
            std::size_t name = i - 1;
            if (token(name).is_punctuation(')'))
                name = before_parentheses(name);
            if (name > 0 && token(name).is_name() &&
                (token(name - 1).is_word("with") || token(name - 1).is_word("recursive") ||
                 token(name - 1).is_punctuation(',')))
                m_ctes.insert(token(name).value());
        }
    }

    [[nodiscard]] std::size_t before_parentheses(std::size_t close) const {
        std::size_t depth = 0;
        constexpr std::size_t longest = 1000;
        for (std::size_t i = close; i > 0 && close - i < longest; --i) {
            if (token(i).is_punctuation(')'))
                ++depth;
            else if (token(i).is_punctuation('(') && --depth == 0)
                return i - 1;
        }
        return 0;
    }

    void step() {
        const Token& now = token(m_at);
        if (now.is_punctuation('('))
            open();
        else if (now.is_punctuation(')'))
            close();
        else if (now.is_punctuation(',') && m_levels.back().in_list)
            m_levels.back().expects = true;
        else if (now.kind == TokenKind::identifier && on_word(now))
            return;
        else if (m_levels.back().expects && now.is_name())
            return take_relation();
        ++m_at;
    }

    void open() {
        Level level;
        level.is_from_function = m_at > 0 && is_one_of(before(), from_functions);
        const bool is_query =
            token(m_at + 1).is_word("select") || token(m_at + 1).is_word("values") || token(m_at + 1).is_word("with");
        level.expects = level.in_list = std::exchange(m_levels.back().expects, false) && !is_query;
        m_levels.push_back(level);
    }

    void close() {
        if (m_levels.size() > 1)
            m_levels.pop_back();
    }

    /// True when it has moved on itself.
    bool on_word(const Token& word) {
        Level& level = m_levels.back();
        if (word.is_word("from") && !level.is_from_function && !before().is_word("distinct")) {
            level.in_list = level.expects = true;
            ++m_at;
            if (m_at >= 2 && token(m_at - 2).is_word("delete"))
                take_written();
            return true;
        }
        if (word.is_word("join") || (word.is_word("using") && !token(m_at + 1).is_punctuation('('))) {
            level.expects = true;
            level.in_list = true;
        } else if ((word.is_word("into") && (before().is_word("insert") || before().is_word("merge"))) ||
                   is_update(word)) {
            ++m_at;
            take_written();
            return true;
        } else if (word.is_word("only") || word.is_word("lateral")) {
        } else if (word.is_word("for") && (token(m_at + 1).is_word("update") || token(m_at + 1).is_word("share") ||
                                           token(m_at + 1).is_word("key") || token(m_at + 1).is_word("no"))) {
            m_used.locks_rows = true;
            level.in_list = level.expects = false;
        } else if (is_one_of(word, list_ends)) {
            level.in_list = level.expects = false;
        } else if (word.is_word("table") && (m_at == 0 || before().is_punctuation('('))) {
            level.expects = true;
        } else {
            return false;
        }
        ++m_at;
        return true;
    }

    /// The statement UPDATE: at the beginning, or behind a ( or the ) of WITH.
    [[nodiscard]] bool is_update(const Token& word) const {
        return word.is_word("update") && (m_at == 0 || before().is_punctuation('(') || before().is_punctuation(')')) &&
               !token(m_at + 1).is_word("set");
    }

    NameParts take_name() {
        NameParts name;
        while (token(m_at).is_name()) {
            name.push_back(token(m_at).value());
            ++m_at;
            if (!token(m_at).is_punctuation('.'))
                break;
            ++m_at;
        }
        return name;
    }

    void take_written() {
        m_levels.back().expects = m_levels.back().in_list = false;
        if (token(m_at).is_word("only"))
            ++m_at;
        NameParts name = take_name();
        if (!name.empty())
            m_used.written.push_back(std::move(name));
    }

    void take_relation() {
        m_levels.back().expects = false;
        NameParts name = take_name();
        const bool is_function = token(m_at).is_punctuation('(');
        const bool is_cte = name.size() == 1 && m_ctes.count(name.front()) > 0;
        if (!is_function && !is_cte)
            m_used.read.push_back(std::move(name));
    }

    std::vector<Token> m_tokens;
    std::size_t m_at = 0;
    std::vector<Level> m_levels;
    std::set<std::string> m_ctes;
    RelationsUsed m_used;
};

}  // namespace

RelationsUsed relations_used(std::string_view query, bool standard_conforming_strings) {
    return Reader(tokenize(query.substr(0, enough), standard_conforming_strings)).read();
}

}  // namespace tripmig::sql
