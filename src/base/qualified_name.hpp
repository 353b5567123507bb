#pragma once

#include <compare>
#include <string>

namespace tripmig {

/// A relation's name as the catalog spells it: not quoted, not folded. Quoting is sql::quoted().
struct QualifiedName {
    std::string schema;
    std::string name;

    // clang-tidy 14 takes the 0 of a rewritten comparison for a pointer.
    friend auto operator<=>(const QualifiedName&, const QualifiedName&) = default;  // NOLINT(modernize-use-nullptr)
};

}  // namespace tripmig
