#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/error.hpp"
#include "base/exit_code.hpp"
#include "base/step.hpp"
#include "doctor/finding.hpp"

namespace tripmig::app {

struct DoctorOptions {
    std::vector<std::string> only;  ///< groups; empty: all
    std::string checklist;          ///< the checks of one checklist; empty: all
    bool fixes = false;             ///< what is safe online
    bool is_dry_run = false;        ///< only says what --fix would do
    bool is_strict = false;         ///< warnings count as errors
};

/// One unit of what --fix ran.
struct Fix {
    std::string name;
    std::optional<Error> failure;
};

/// What the checks found.
struct DoctorResult {
    DoctorOptions options;
    Instant at;          ///< by this machine's clock
    std::string server;  ///< "host=... dbname=... user=...", PostgreSQL's version; empty: not reached
    std::vector<doctor::Check> checks;
    std::optional<Error> unreachable;
    std::vector<Unit> plan;  ///< what --fix would run, or ran before these checks
    std::vector<Fix> fixes;

    [[nodiscard]] std::size_t count(doctor::Severity severity) const;
    /// unreachable, disagreement (an error was found; strict: or a warning), or ok.
    [[nodiscard]] ExitCode exit_code() const;
};

/// Looks at the server, and changes nothing without `fixes`. What can't be seen is a finding, as is a server that can't
/// be reached. Throws Error{refused} when it is to fix something and may not write there.
DoctorResult examine(const Context& context, const DoctorOptions& options);

}  // namespace tripmig::app
