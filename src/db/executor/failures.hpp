#pragma once

#include <string>
#include <utility>

#include "base/error.hpp"
#include "base/step.hpp"

namespace tripmig::db {

// What callers of an Executor tell apart. Any other failure is an Error with the server's SQLSTATE.

/// COMMIT was sent and the connection was lost before the answer: only the server knows. Inspect decides.
class CommitInDoubt : public Error {
  public:
    explicit CommitInDoubt(const Error& error) : Error(error) {}
};

/// A step that is a check did not get a true.
class CheckFailed : public Error {
  public:
    /// `finding`: what the check found; empty: it does not say.
    CheckFailed(const Step& step, const std::string& finding)
        : Error(ExitCode::refused, finding.empty() ? step.refusal : finding + "; " + step.refusal),
          m_check(step.sql),
          m_is_passing(step.is_passing) {}

    /// The same unit may pass it a moment later.
    [[nodiscard]] bool is_passing() const noexcept { return m_is_passing; }
    /// It is the same check that failed, whatever was found.
    [[nodiscard]] bool is_same_check(const CheckFailed& other) const noexcept { return m_check == other.m_check; }

  private:
    std::string m_check;
    bool m_is_passing;
};

/// Locks did not come in time (timeouts, deadlocks, serialization failures): until the deadline, or in the one attempt
/// that there was.
class LockTimeout : public Error {
  public:
    /// `blockers`: who was seen to be in the way, for people; empty: nobody.
    LockTimeout(const Error& error, std::string blockers) : Error(error), m_blockers(std::move(blockers)) {}

    [[nodiscard]] const std::string& blockers() const noexcept { return m_blockers; }

  private:
    std::string m_blockers;
};

}  // namespace tripmig::db
