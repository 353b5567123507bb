#pragma once

#include <string>
#include <string_view>

#include "sql/scanner.hpp"

namespace tripmig::sql {

/// A script's tokens, for the second hash of a migration: two scripts that differ only in comments, white space, line
/// ends, a byte order mark, the case of what is not quoted, a last ; or pg_dump's \restrict lines are the same here,
/// all others are not. Strings, dollar-quoted bodies and COPY data count byte for byte but for CR LF, which is LF here:
/// a checkout may turn the line ends of a whole file, and that changes nobody's meaning. (A comment inside of a
/// function's body is a part of the stored function: it counts.) One statement a line group, each token behind one
/// blank, in an order and form that must never change: hashes of it are stored.
std::string normalised(const ScannedText& script);

// The parts that it is made of, in their order.
void append_normalised(std::string& result, const Statement& statement);
void append_normalised(std::string& result, const Include& include);

/// The same from the text. Throws as scan() does.
std::string normalised(std::string_view text, const ScanOptions& options = {});

}  // namespace tripmig::sql
