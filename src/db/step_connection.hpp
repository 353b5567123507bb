#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/result.hpp"

namespace tripmig::db {

/// One session of the server, as an Executor needs it: the seam between what a step means and how it is sent.
/// Connection speaks to a server by libpq; the executor's unit test has a scripted one.
class StepConnection {
  public:
    /// Called about every 100 ms while a statement runs, with the time it has run so far. Must not use this connection.
    using WaitObserver = std::function<void(std::chrono::milliseconds)>;

    virtual ~StepConnection() = default;
    StepConnection(const StepConnection&) = delete;
    StepConnection& operator=(const StepConnection&) = delete;

    /// One or more statements in one round trip, simple query protocol; the last result. Throws Error with the SQLSTATE
    /// mapped to an exit code, and Error{unreachable} when the connection is lost.
    virtual Result execute(const std::string& sql) = 0;

    /// A step: with its parameters, its COPY data, and its place in a file as the position of an error.
    virtual Result execute(const Step& step) = 0;

    /// Steps that do not need each other's results, in one round trip (libpq's pipeline mode, manual 34.5): the first
    /// failure ends it and is thrown with its own step's place; the ones behind it were not run. No COPY. Steps with
    /// prepare_as stay prepared in the session.
    virtual std::vector<Result> execute_pipelined(const std::vector<Step>& steps) = 0;

    /// The session as it was when it began (manual, DISCARD): settings, role, temporary tables, prepared statements,
    /// cursors, LISTEN and advisory locks. Outside of a transaction only.
    virtual void discard_session() = 0;

    /// Forgets those of the prepared statements that a DISCARD or DEALLOCATE of the user's took away; false: none was.
    /// Outside of a transaction only.
    virtual bool forget_lost_prepared() = 0;

    /// Rolls back when in a transaction; never throws (a broken connection has nothing left to roll back).
    virtual void rollback_quietly() noexcept = 0;

    virtual void set_wait_observer(WaitObserver observer) = 0;

    [[nodiscard]] virtual bool is_broken() const = 0;
    /// 150018 for 15.18.
    [[nodiscard]] virtual int server_version() const = 0;
    /// The server process behind this connection, as the wire protocol told it. Differs from pg_backend_pid() behind a
    /// transaction pooler.
    [[nodiscard]] virtual int protocol_backend_pid() const = 0;

    /// Another session of the same server and role, under our own settings: to look at this one. `name` shows in
    /// application_name. Throws as Connection's constructor does.
    [[nodiscard]] virtual std::unique_ptr<StepConnection> open_beside(std::string_view name,
                                                                      const StopSignal& stop) const = 0;

  protected:
    StepConnection() = default;
    StepConnection(StepConnection&&) noexcept = default;
};

}  // namespace tripmig::db
