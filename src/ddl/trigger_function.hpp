#pragma once

#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "base/step.hpp"

namespace tripmig::ddl {

/// A function that only triggers call, and that runs as its owner under a search_path that no caller can change.
struct TriggerFunction {
    QualifiedName name;
    std::string body;  ///< dollar_quoted()
    std::string owner;
    std::string creator;        ///< the session's role
    bool may_be_there = false;  ///< then it is replaced
    bool reads_tables = true;   ///< else it only appends rows
};

/// Creates it, belonging to `owner`, with nobody's right to call it. `why`: what it does.
std::vector<Step> create_trigger_function(const TriggerFunction& function, const std::string& why);

/// $tripmig$ ... $tripmig$, with a tag that is not in the text.
std::string dollar_quoted(const std::string& body);
/// For a text that pg_catalog.format() reads.
std::string without_placeholders(const std::string& text);
/// An expression: "Key (a, b)=(1, 2)" of NEW, and what follows, as PostgreSQL words the detail of a violation.
std::string key_detail(const std::vector<std::string>& columns, const std::string& verdict);

}  // namespace tripmig::ddl
