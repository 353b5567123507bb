#pragma once

#include <string>

#include "sql/facts/statement_facts.hpp"
#include "sql/identifier.hpp"

namespace tripmig::migrate {

/// A name of a statement as SQL, its parts quoted where they must be.
inline std::string dotted_name(const sql::NameParts& parts) {
    std::string name;
    for (const std::string& part : parts)
        name += (name.empty() ? "" : ".") + sql::quote_ident(part);
    return name;
}

}  // namespace tripmig::migrate
