#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"

namespace tripmig::ddl {

/// A function that only triggers call, and that runs as the owner of the tables it reads and writes.
struct TriggerFunction {
    QualifiedName name;
    std::string body;  ///< dollar_quoted()
    std::string owner;
    std::string creator;                ///< the session's role
    std::vector<std::string> grantees;  ///< whom default privileges would let in
    bool may_be_there = false;          ///< then it is replaced
};

/// Creates it with its owner and with nobody's right to call it. `why`: what it does.
std::vector<Step> create_trigger_function(const TriggerFunction& function, const std::string& why);

/// $tripmig$ ... $tripmig$, with a tag that is not in the text.
std::string dollar_quoted(const std::string& body);
/// For a text that pg_catalog.format() reads.
std::string without_placeholders(const std::string& text);
/// An expression: "Key (a, b)=(1, 2)" of NEW, and what follows, as PostgreSQL words the detail of a violation.
std::string key_detail(const std::vector<std::string>& columns, const std::string& verdict);

}  // namespace tripmig::ddl
