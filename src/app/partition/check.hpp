#pragma once

#include <string>
#include <vector>

#include "app/context.hpp"
#include "partition/outcome.hpp"

namespace tripmig::app {

struct CheckOptions {
    std::vector<std::string> only;  ///< tables; empty: every policy
    bool is_offline = false;        ///< read the files, ask no server
};

/// What is to be said of one policy.
struct PolicyCheck {
    partition::TableOutcome outcome;    ///< file, table, errors: what keeps maintain from its work
    std::vector<std::string> warnings;  ///< maintain works, but perhaps not as somebody meant it
};

struct PolicyChecks {
    bool asked_server = false;
    std::vector<PolicyCheck> policies;

    /// 2 when a policy can't be read, whatever else there is; else what maintain would say.
    [[nodiscard]] ExitCode exit_code() const;
};

/// Reads all policies and, where a server is configured, holds them against its catalog. Changes nothing.
PolicyChecks check_policies(const Context& context, const CheckOptions& options);

}  // namespace tripmig::app
