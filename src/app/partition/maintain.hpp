#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "base/exit_code.hpp"
#include "partition/maintain.hpp"

namespace tripmig::app {

struct MaintainOptions {
    std::vector<std::string> only;  ///< tables; empty: every policy
    std::optional<Instant> now;     ///< nullopt: the server's clock
};

struct MaintainResult {
    std::vector<partition::TableOutcome> tables;

    [[nodiscard]] ExitCode exit_code() const { return partition::exit_code_of(tables); }
};

/// Creates what the policies miss, and detaches what is too old. A table that fails does not stop the others.
MaintainResult maintain_partitions(const Context& context, const MaintainOptions& options);

/// What that would do.
struct MaintainPreview {
    struct Table {
        QualifiedName table;
        std::vector<Unit> units;
        std::vector<Error> errors;  ///< what would be refused
    };
    Instant now;
    std::vector<Table> tables;

    [[nodiscard]] ExitCode exit_code() const;
};

/// Changes nothing.
MaintainPreview preview_maintenance(const Context& context, const MaintainOptions& options);

}  // namespace tripmig::app
