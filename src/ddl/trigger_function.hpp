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

}  // namespace tripmig::ddl
