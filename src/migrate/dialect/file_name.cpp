#include "migrate/dialect/file_name.hpp"

#include <fmt/format.h>

#include <cctype>

#include "base/error.hpp"
#include "migrate/dialect/dialect.hpp"

namespace tripmig::migrate {

namespace {

constexpr std::string_view sql_ending = ".sql";

Error bad_name(std::string_view name, std::string_view what) {
    return Error(ExitCode::usage, fmt::format("{}: {}", name, what),
                 "name it V<version>__<description>.sql, U<version>__<description>.sql or R__<description>.sql (two "
                 "underscores), or "
                 "move it out of the migrations directory");
}

std::string as_words(std::string_view description) {
    std::string words(description);
    for (char& c : words)
        if (c == '_')
            c = ' ';
    return words;
}

bool looks_like_migration(std::string_view stem) {
    if (stem.size() < 2)
        return false;
    const char first = static_cast<char>(std::toupper(static_cast<unsigned char>(stem[0])));
    const bool number_follows = std::isdigit(static_cast<unsigned char>(stem[1])) != 0;
    return ((first == 'V' || first == 'U') && (number_follows || stem[1] == '_')) || (first == 'R' && stem[1] == '_');
}

}  // namespace

std::optional<FileName> parse_file_name(std::string_view name) {
    if (name.size() <= sql_ending.size() || name.substr(name.size() - sql_ending.size()) != sql_ending)
        return std::nullopt;
    const std::string_view stem = name.substr(0, name.size() - sql_ending.size());
    if (!looks_like_migration(stem))
        return std::nullopt;
    const std::size_t separator = stem.find("__");
    if (separator == std::string_view::npos || separator + 2 >= stem.size())
        throw bad_name(name, "this migration's name has no description after two underscores");
    FileName parsed;
    parsed.description = as_words(stem.substr(separator + 2));
    const std::string_view version = stem.substr(1, separator - 1);
    switch (stem[0]) {
        case 'R':
            parsed.kind = Kind::repeatable;
            return parsed;
        case 'V':
            parsed.kind = Kind::versioned;
            break;
        case 'U':
            parsed.kind = Kind::undo;
            break;
        default:
            throw bad_name(name,
                           fmt::format("a migration's name begins with a capital letter, not with '{}'", stem[0]));
    }
    const auto number = Version::parse(version);
    if (!number)
        throw bad_name(name, fmt::format("\"{}\" is not a valid version: write digits, separated by . or _", version));
    parsed.version = *number;
    return parsed;
}

bool has_migration_shape(std::string_view name) {
    return ends_in_sql(name) && looks_like_migration(name.substr(0, name.size() - sql_ending.size()));
}

}  // namespace tripmig::migrate
