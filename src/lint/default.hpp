#pragma once

#include <string>
#include <string_view>

#include "lint/schema.hpp"

namespace tripmig::lint {

/// Whether an expression must be computed for every row anew (manual 38.7).
struct Volatility {
    enum class Kind { not_volatile, is_volatile, unknown } kind = Kind::not_volatile;
    std::string function;  ///< the one that makes it so
};

/// Of an expression's text. Functions of the files count as they are declared; PostgreSQL's own by name; any other is
/// unknown.
Volatility volatility_of(std::string_view expression, const KnownSchema& schema);

}  // namespace tripmig::lint
