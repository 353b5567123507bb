#pragma once

#include <string>

#include "app/context.hpp"

namespace tripmig::app {

/// When the cut-over of a swap or split may be: at once, not in this run, from a time on, or when a file is gone.
struct CutOverTime {
    bool is_until_ready = false;
    std::string postponed_until;  ///< a time, or a file; empty: not postponed

    [[nodiscard]] bool is_postponed() const { return !postponed_until.empty(); }
    /// Throws Error{usage} when it is no time, and there is no such file.
    void check() const;
    /// Until then. Throws Error{interrupted or terminated} on a signal.
    void wait(const Context& context) const;

  private:
    [[nodiscard]] bool is_over(const Clock& clock) const;
};

}  // namespace tripmig::app
