#pragma once

#include <string>
#include <vector>

#include "sql/tokens.hpp"

namespace tripmig::sql {

/// A data type as a statement spells it, under the name that the catalog has for it: int, integer and int4 are "int4",
/// character varying is "varchar" (manual 8, table 8.1). serial, bigserial and smallserial keep their own names.
struct TypeName {
    std::string name;                    ///< qualified when its schema is neither pg_catalog nor public; empty: none
    std::vector<std::string> modifiers;  ///< numeric(10,2): "10", "2"
    bool is_array = false;

    [[nodiscard]] bool is_serial() const noexcept;
    friend bool operator==(const TypeName&, const TypeName&) = default;
};

/// Reads a type where the cursor stands. An empty name when none is there.
TypeName take_type(TokenCursor& cursor);

}  // namespace tripmig::sql
