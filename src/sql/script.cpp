#include "sql/script.hpp"

namespace tripmig::sql {

StepSource source_of(const ScriptStatement& statement) {
    return {std::string(statement.file), statement.line, statement.column, std::string(statement.line_head)};
}

SourcePosition position_of(const ScriptStatement& statement) {
    return {std::string(statement.file), statement.line, statement.column,
            std::string(statement.line_head) + std::string(statement.sql.substr(0, statement.sql.find('\n')))};
}

}  // namespace tripmig::sql
