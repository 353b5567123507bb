#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "partition/outcome.hpp"
#include "partition/overview.hpp"
#include "partition/server.hpp"

namespace tripmig::partition {

/// The parts of a run, in their order.
enum class Stage { ahead, gaps, expired, finished };

/// One table on its way through a run.
class TableRun {
  public:
    using TimePoint = std::chrono::steady_clock::time_point;

    TableRun(Server& server, const config::PartitionPolicy& policy, const Limits& limits, TableOverview overview);

    /// Does what is left up to the end of that stage, or until a lock does not come: then it is blocked.
    void advance(Stage until);

    [[nodiscard]] bool is_blocked() const noexcept { return m_not_before.has_value(); }
    /// Of a blocked one: when it is worth another try.
    [[nodiscard]] TimePoint not_before() const { return m_not_before.value_or(TimePoint{}); }
    [[nodiscard]] bool has_default() const { return m_snapshot && m_snapshot->default_partition; }

    [[nodiscard]] TableOutcome finish();

  private:
    void prepare();
    void plan_stage(MaintenancePlan& plan);
    void perform();
    enum class Done { yes, later, without };  ///< without: this act is left out, or others have taken its place
    [[nodiscard]] Done write_file(Act& act);
    [[nodiscard]] Done perform_unit(const Act& act, Unit unit);
    [[nodiscard]] Done without_default_rows(const Act& act, const Error& error);
    void require_state(const MaintenancePlan& plan) const;
    [[nodiscard]] std::vector<ddl::Leaf>* list_of(Act::Kind kind);
    void tell(const ddl::Leaf& leaf, std::string_view verb);
    void complete(const Act& act);
    void wait_for_lock(const Act& act, const Unit& unit);
    void fail(const Error& error);
    [[nodiscard]] Error half_way(const Act& act, const Error& error) const;
    [[nodiscard]] std::string changed_before() const;
    [[nodiscard]] std::string blockers(const Unit& unit);

    Server& m_server;
    const config::PartitionPolicy& m_policy;
    Limits m_limits;
    std::optional<Snapshot> m_snapshot;
    TableOutcome m_outcome;

    Stage m_stage = Stage::ahead;
    bool m_is_prepared = false;
    bool m_has_failed = false;
    std::vector<Act> m_acts;  ///< of this stage
    std::size_t m_act = 0;
    std::size_t m_unit = 0;
    Deed m_deed;         ///< of the act that is under way
    int m_attempts = 0;  ///< of the unit that is under way
    std::optional<TimePoint> m_deadline;
    std::optional<TimePoint> m_not_before;
};

}  // namespace tripmig::partition
