#pragma once

#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
#include "config/config.hpp"
#include "db/executor.hpp"
#include "partition/session_on_demand.hpp"

namespace tripmig::partition {

/// What a run needs of the world.
struct Server {
    db::Executor& executor;
    SessionOnDemand& session;
    Reporter& reporter;
    const Clock& clock;
    const StopSignal& stop;
    std::string state_schema = {};                     ///< where detached partitions are recorded; empty: nowhere
    std::optional<Error> state_error = {};             ///< why nothing can be recorded
    const config::DatabaseConfig* database = nullptr;  ///< for what needs a connection of its own: archives

    /// An interruption, and a connection that is lost: no other table would fare better.
    [[nodiscard]] bool concerns_every_table(const Error& error) const;
};

/// A failure that is one table's alone: that of a foreign server is no lost connection.
Error of_table(const Error& error);

}  // namespace tripmig::partition
