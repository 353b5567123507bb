#include "sql/facts/type_name.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace tripmig::sql {

namespace {

using Alias = std::pair<std::string_view, std::string_view>;

constexpr std::array<Alias, 18> aliases{{{"int", "int4"},
                                         {"integer", "int4"},
                                         {"bigint", "int8"},
                                         {"smallint", "int2"},
                                         {"boolean", "bool"},
                                         {"decimal", "numeric"},
                                         {"dec", "numeric"},
                                         {"real", "float4"},
                                         {"float", "float8"},
                                         {"double precision", "float8"},
                                         {"character", "bpchar"},
                                         {"char", "bpchar"},
                                         {"nchar", "bpchar"},
                                         {"character varying", "varchar"},
                                         {"bit varying", "varbit"},
                                         {"serial4", "serial"},
                                         {"serial8", "bigserial"},
                                         {"serial2", "smallserial"}}};

std::string catalog_name(std::string name) {
    for (const Alias& alias : aliases)
        if (alias.first == name)
            return std::string(alias.second);
    return name;
}

std::vector<std::string> take_modifiers(TokenCursor& cursor) {
    std::vector<std::string> modifiers;
    if (!cursor.take_punctuation('('))
        return modifiers;
    while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(')'))
        if (!cursor.take_punctuation(','))
            modifiers.push_back(cursor.take().value());
    return modifiers;
}

/// The second word of names that have two.
void take_second_word(TokenCursor& cursor, std::string& name) {
    if (name == "double" && cursor.take_word("precision"))
        name = "double precision";
    else if ((name == "character" || name == "char" || name == "bit" || name == "national" || name == "nchar") &&
             cursor.take_word("varying"))
        name = name == "bit" ? "bit varying" : "character varying";
    else if (name == "national" && (cursor.take_word("character") || cursor.take_word("char")))
        name = cursor.take_word("varying") ? "character varying" : "character";
}

/// WITH and WITHOUT TIME ZONE, and the fields of an interval.
void take_time_words(TokenCursor& cursor, TypeName& type) {
    if (type.name == "timestamp" || type.name == "time") {
        if (cursor.take_words("with", "time", "zone"))
            type.name += "tz";
        else
            cursor.take_words("without", "time", "zone");
        return;
    }
    if (type.name != "interval")
        return;
    constexpr std::array<std::string_view, 7> fields{"year", "month", "day", "hour", "minute", "second", "to"};
    for (bool found = true; found;) {
        found = false;
        for (const std::string_view field : fields)
            if (cursor.take_word(field)) {
                type.modifiers.emplace_back(field);
                found = true;
            }
    }
    for (std::string& precision : take_modifiers(cursor))
        type.modifiers.push_back(std::move(precision));
}

void take_array_marks(TokenCursor& cursor, TypeName& type) {
    if (cursor.take_word("array"))
        type.is_array = true;
    while (cursor.take_punctuation('[')) {
        type.is_array = true;
        while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(']'))
            cursor.take();
    }
}

}  // namespace

bool TypeName::is_serial() const noexcept {
    return name == "serial" || name == "bigserial" || name == "smallserial";
}

TypeName take_type(TokenCursor& cursor) {
    TypeName type;
    cursor.take_word("setof");
    const bool is_quoted = cursor.peek().kind == TokenKind::quoted_identifier;
    std::vector<std::string> parts = cursor.take_name();
    if (parts.empty())
        return type;
    const bool is_ours = parts.size() == 1 || parts.front() == "pg_catalog" || parts.front() == "public";
    type.name = is_ours ? parts.back() : parts.front() + "." + parts.back();
    if (!is_quoted)
        take_second_word(cursor, type.name);
    if (!is_quoted || parts.size() > 1)
        type.name = catalog_name(type.name);
    type.modifiers = take_modifiers(cursor);
    take_time_words(cursor, type);
    if (type.name == "bpchar" && type.modifiers.empty() && !is_quoted)
        type.modifiers = {"1"};
    take_array_marks(cursor, type);
    return type;
}

}  // namespace tripmig::sql
