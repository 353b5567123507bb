#pragma once

#include <cstddef>
#include <string_view>

namespace tripmig::sql {

/// Whether a COPY statement reads rows from the client: FROM STDIN, in any case, outside of strings and comments
/// (manual, COPY; the server takes STDOUT for STDIN there as well).
bool reads_client_data(std::string_view copy_statement, bool standard_conforming_strings);

/// Data lines as psql reads them: whole lines up to one that is \. alone, or to the text's end.
struct CopyLines {
    std::string_view data;
    std::size_t end = 0;  ///< the byte behind the line \.
};
CopyLines copy_lines(std::string_view text, std::size_t begin);

}  // namespace tripmig::sql
