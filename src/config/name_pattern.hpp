#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"

namespace tripmig::config {

/// One piece of a pattern of leaf names such as "{table}_{start:%Y_%m}".
struct NamePiece {
    enum class Kind {
        literal,  ///< `text` as it is
        table,    ///< the table's name, without its schema
        number,   ///< {start} of an integer key: the lower bound in digits
        time      ///< one conversion of {start:...} of a date or time key: `conversion` is its letter
    } kind = Kind::literal;
    std::string text;
    char conversion = 0;  ///< Y m d H M j, G and V (ISO week-numbering year and week, always together), as in strftime

    friend bool operator==(const NamePiece&, const NamePiece&) = default;
};

/// The pattern in pieces. Throws Error{usage} for anything that is no literal, {table}, {start} or {start:%...}.
std::vector<NamePiece> parse_name_pattern(std::string_view pattern);

/// Throws Error{usage} when two leaves of that width could get one name: a pattern by month for leaves by day, by month
/// without a year, ISO weeks under the calendar's year.
void check_name_pattern(std::string_view pattern, const PartitionInterval& interval);

/// What a policy that gives no name gets: "{table}_{start:%Y_%m}" for months, down to the minute for minutes, up to the
/// year for years, "{table}_{start}" for integers.
std::string default_name_pattern(const PartitionInterval& interval);

}  // namespace tripmig::config
