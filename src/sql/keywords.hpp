#pragma once

#include <string_view>

namespace tripmig::sql {

/// Whether a lower-case word must be quoted to be a name in any place: PostgreSQL's key words of the classes reserved,
/// "cannot be function or type" and "can be function or type" in any of the versions 15 to 18 (manual, appendix C;
/// pg_get_keywords()).
bool is_quoted_keyword(std::string_view lower_case) noexcept;

}  // namespace tripmig::sql
