#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/event.hpp"
#include "report/rate.hpp"

namespace tripmig::report {

/// The tasks that are under way, and which of their values are worth telling.
class ProgressTracker {
  public:
    using TimePoint = RateMeter::TimePoint;

    struct Task {
        Progress progress;
        RateMeter rate;
        TimePoint updated;
        std::optional<TimePoint> told;  ///< when it was last due
    };

    /// What is to be done with a new value.
    enum class News {
        first,     ///< of this task
        ordinary,  ///< one of many
        finished,  ///< done reached total: the last one
        over,      ///< the last one, without a total
        repeated   ///< of a task that had finished: nothing new
    };

    /// Takes the value over into its task, which take() or the next update() of it may remove.
    News update(const Progress& progress, TimePoint now);

    /// True, and told now, when the task was not told for that long.
    bool is_due(const std::string& task, TimePoint now, std::chrono::milliseconds pause);

    [[nodiscard]] const Task& task(const std::string& name) const { return m_tasks.at(name); }
    void remove(const std::string& name);

    /// The task for the one bar: the one that began last, a part of what the others tell of, unless it has been silent
    /// for 5 s while another one speaks.
    [[nodiscard]] const Task* foremost(TimePoint now) const;
    [[nodiscard]] std::size_t count() const noexcept { return m_order.size(); }

  private:
    std::map<std::string, Task> m_tasks;
    std::vector<std::string> m_order;              ///< as they began
    std::map<std::string, std::uint64_t> m_ended;  ///< finished tasks and their totals
};

}  // namespace tripmig::report
