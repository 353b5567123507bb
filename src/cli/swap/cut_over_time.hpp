#pragma once

#include <string>

#include "cli/command.hpp"

namespace tripmig::cli {

/// When the cut-over of a swap or split may be: at once, not in this run, from a time on, or when a file is gone.
class CutOverTime {
  public:
    /// --until, --postpone-cutover-until.
    void add_options(CLI::App& command);

    /// Throws Error{usage} when it is no time, and there is no such file.
    void check() const;

    [[nodiscard]] bool is_until_ready() const { return !m_until.empty(); }
    [[nodiscard]] bool is_postponed() const { return !m_postponed.empty(); }
    /// Until then. Throws Error{interrupted or terminated} on a signal.
    void wait(Context& context) const;

  private:
    [[nodiscard]] bool is_over(const Clock& clock) const;

    std::string m_until;
    std::string m_postponed;
};

}  // namespace tripmig::cli
