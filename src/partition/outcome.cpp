#include "partition/outcome.hpp"

#include <algorithm>

#include "sql/identifier.hpp"

namespace tripmig::partition {

std::string_view verb(Act::Kind kind) {
    switch (kind) {
        case Act::Kind::create:
            return "created";
        case Act::Kind::detach:
            return "detached";
        case Act::Kind::finish_detach:
            return "finished the detach of";
        case Act::Kind::drop_check:
            return "dropped a CHECK of DEFAULT";
        case Act::Kind::analyze:
            break;
    }
    return "analyzed it";
}

std::string TableOutcome::subject() const {
    return table.name.empty() ? file.string() : sql::quoted(table);
}

ExitCode TableOutcome::code() const {
    const bool is_half_way = std::any_of(errors.begin(), errors.end(),
                                         [](const Error& error) { return error.code() == ExitCode::stopped_half_way; });
    if (is_half_way)
        return ExitCode::stopped_half_way;
    return errors.empty() ? ExitCode::ok : errors.front().code();
}

ExitCode exit_code_of(const std::vector<TableOutcome>& outcomes) {
    ExitCode code = ExitCode::ok;
    bool is_first = true;
    for (const TableOutcome& outcome : outcomes) {
        if (!is_first && outcome.code() != code)
            return ExitCode::partly_failed;
        code = outcome.code();
        is_first = false;
    }
    return code;
}

}  // namespace tripmig::partition
