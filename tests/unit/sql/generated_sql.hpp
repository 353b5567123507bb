#pragma once

#include <array>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::test {

/// A script made at random from pieces that are hard to split, and the statements that it must be split into. The same
/// seed gives the same script. No piece has an empty line, which psql leaves out of what it sends.
class GeneratedSql {
  public:
    GeneratedSql(unsigned seed, std::size_t statements, bool is_plain = false) : m_random(seed), m_is_plain(is_plain) {
        for (std::size_t i = 0; i < statements; ++i) {
            m_script += gap();
            m_statements.push_back(statement());
            m_script += m_statements.back() + between() + ";";
        }
        m_script += gap();
    }

    [[nodiscard]] const std::string& script() const { return m_script; }
    [[nodiscard]] const std::vector<std::string>& statements() const { return m_statements; }

  private:
    template <std::size_t Size>
    std::string_view one_of(const std::array<std::string_view, Size>& pieces) {
        return pieces[below(Size)];
    }
    std::size_t below(std::size_t limit) { return m_random() % limit; }

    std::string statement() {
        static constexpr std::array<std::string_view, 4> routines = {
            "create function f() returns int begin atomic select 1; select case when true then 2 end; end",
            "CREATE OR REPLACE PROCEDURE p() Begin Atomic insert into t select a[1:end]; END",
            "create or replace function f(a int = case when true then 1 end) returns int language sql as $$ begin; $$",
            "create function f() /* ; */ returns int begin atomic select (1; 2); end"};
        if (below(12) == 0)
            return std::string(one_of(routines));
        static constexpr std::array<std::string_view, 6> verbs = {"select", "Values", "begin$",
                                                                  "end_of", "_x",     "\"q;\""};
        std::string text(one_of(verbs));
        for (std::size_t pieces = below(9); pieces > 0; --pieces)
            text += between() + piece(0);
        return text;
    }

    std::string piece(int depth) {
        static constexpr std::array<std::string_view, 34> plain = {
            "a$$b",  "a$x$", "';'",    "'it''s;'",   "E'\\';\\\\'",     "e'\\n;'",  "U&'\\0061;'",  "x'1F;'",
            "B'01'", "N';'", "\";\"",  "\"a\"\";\"", "U&\"d;\"",        "$$;'\"$$", "$a$;$$;$b$a$", "$한$;$한$",
            "$1",    "1..2", "1.5e-3", "1e",         "a::text",         ":x",       ":'y;'",        "a[1:n]",
            "=-1",   "*",    "'\\'",   "te';'",      "'a' -- ;'\n'b;'", "+--;'\n1", "*/*;*/2",      "begin",
            "case",  "end"};
        const std::size_t choice = below(plain.size() + 4);
        if (choice < plain.size())
            return std::string(plain[choice]) + (plain[choice].back() == '\'' ? "," : "");
        if (depth > 2)
            return ",";
        std::string text = "(";
        for (std::size_t pieces = below(4); pieces > 0; --pieces)
            text += between() + piece(depth + 1) + (below(3) == 0 ? ";" : "");
        return text + " )";
    }

    std::string between() {
        static constexpr std::array<std::string_view, 9> blanks = {
            " ", " ", " ", "\n", "\t", " /* ; /* ' */ */ ", " /*/ ; */ ", " --;'\"$$/*\n", "\r\n"};
        const std::string_view chosen = one_of(blanks);
        return m_is_plain ? " " : std::string(chosen);
    }

    std::string gap() {
        std::string text;
        for (std::size_t blanks = below(4); blanks > 0; --blanks)
            text += between();
        return text + (below(10) == 0 ? ";" : "");
    }

    std::mt19937 m_random;
    bool m_is_plain;
    std::string m_script;
    std::vector<std::string> m_statements;
};

}  // namespace tripmig::test
