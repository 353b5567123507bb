#include "partition/outcome.hpp"

namespace tripmig::partition {

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
