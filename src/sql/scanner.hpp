#pragma once

#include <string_view>

#include "sql/scanned_text.hpp"

namespace tripmig::sql {

/// Splits a script into statements as psql does (PostgreSQL 15 to 18). ; ends one only outside of quotes, comments,
/// parentheses and the BEGIN ... END of an SQL-standard routine body; COPY ... FROM STDIN takes the data lines that
/// follow, up to \. or the text's end; SET standard_conforming_strings counts from where it stands; the last statement
/// may lack its ;. Statements of nothing but comments are left out. psql's variables (:x) are not expanded. A byte
/// order mark and CR LF are fine. Throws Error{usage} at file:line:column: an unclosed quote, comment, parenthesis or
/// BEGIN, with where it was opened; a NUL byte; any backslash command but \i, \ir (Script::includes), \restrict and
/// \unrestrict (passed over), with what to write instead. Two things it does that psql does not, both as the server
/// reads the text: 'a' on one line and 'b' on the next are one string, of the first one's kind (psql takes lines one by
/// one); and an open parenthesis at the end is an error before anything was sent.
ScannedText scan(std::string_view text, const ScanOptions& options = {});

}  // namespace tripmig::sql
