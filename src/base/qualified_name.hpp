#pragma once

#include <compare>
#include <string>

namespace tripmig {

/// A relation's name as the catalog spells it: not quoted, not folded. Quoting is sql::quoted().
struct QualifiedName {
    std::string schema;
    std::string name;

    friend auto operator<=>(const QualifiedName&, const QualifiedName&) = default;
};

}  // namespace tripmig
