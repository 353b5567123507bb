#include "partition/outcome.hpp"

#include <algorithm>

namespace tripmig::partition {

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
