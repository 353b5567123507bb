#include "ddl/without_only.hpp"

#include <utility>
#include <vector>

#include "sql/tokens.hpp"

namespace tripmig::ddl {

namespace {

/// Where an ONLY of this table begins, and where its name does, one after the other.
std::vector<std::pair<std::size_t, std::size_t>> places(std::string_view sql, const QualifiedName& table) {
    std::vector<std::pair<std::size_t, std::size_t>> found;
    const std::vector<sql::Token> tokens = sql::tokenize(sql);
    for (std::size_t i = 0; i + 3 < tokens.size(); ++i)
        if (tokens[i].is_word("only") && tokens[i + 1].is_name() && tokens[i + 2].is_punctuation('.') &&
            tokens[i + 1].value() == table.schema && tokens[i + 3].value() == table.name)
            found.emplace_back(tokens[i].offset, tokens[i + 1].offset);
    return found;
}

}  // namespace

bool says_only(std::string_view sql, const QualifiedName& table) {
    return !places(sql, table).empty();
}

std::string without_only(std::string_view sql, const QualifiedName& table) {
    std::string text;
    std::size_t from = 0;
    for (const auto& [only, name] : places(sql, table)) {
        text += sql.substr(from, only - from);
        from = name;
    }
    return text += sql.substr(from);
}

}  // namespace tripmig::ddl
