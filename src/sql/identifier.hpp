#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/qualified_name.hpp"

namespace tripmig::sql {

/// PostgreSQL's NAMEDATALEN - 1 (manual 4.1.1): what is longer is cut, silently.
constexpr std::size_t max_identifier_bytes = 63;

/// As PostgreSQL's quote_ident(): quoted only when needed, that is unless it is lower case, digits and _ and no key
/// word of PostgreSQL 15 to 18 that cannot stand as any name. For every identifier that goes into a statement.
std::string quote_ident(std::string_view name);

/// 'text', or E'text' when a backslash is in it: right whatever standard_conforming_strings is.
std::string quote_literal(std::string_view text);

/// schema.name, each part as by quote_ident(); the name alone when the schema is empty.
std::string quoted(const QualifiedName& name);

/// "public.a, public.b".
std::string quoted_list(const std::vector<QualifiedName>& names);

/// `base` + `suffix` when that fits into 63 bytes; else as much of `base` as fits, a hash of the whole, and `suffix`.
/// Never cuts a UTF-8 character; the same arguments always give the same name, others another one.
std::string truncated_name(std::string_view base, std::string_view suffix = {});

/// An identifier without quotes as PostgreSQL folds it: A-Z to lower case, all other bytes as they are (manual 4.1.1).
std::string folded(std::string_view identifier);

/// Whether `text`, folded, is `lower_case`.
bool equals_folded(std::string_view text, std::string_view lower_case) noexcept;

/// The first 63 bytes, less a UTF-8 character that they would cut: what the server makes of a name that is too long.
std::string truncated_identifier(std::string name);

/// The inside of U&"..." or U&'...' with \0061 and \+000061 made characters (manual 4.1.2.3). Bad escapes stay as they
/// are.
std::string decoded_unicode(std::string_view inside, char escape = '\\');

}  // namespace tripmig::sql
