#pragma once

#include "base/clock.hpp"
#include "base/error.hpp"
#include "base/event.hpp"
#include "base/stop_signal.hpp"
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

    /// An interruption, and a connection that is lost: no other table would fare better.
    [[nodiscard]] bool concerns_every_table(const Error& error) const;
};

/// A failure that is one table's alone: that of a foreign server is no lost connection.
Error of_table(const Error& error);

}  // namespace tripmig::partition
