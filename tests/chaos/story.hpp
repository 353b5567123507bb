#pragma once

#include <atomic>
#include <string>
#include <vector>

#include "chaos/crowd.hpp"
#include "chaos/proxy.hpp"
#include "chaos/tally.hpp"
#include "chaos/walk.hpp"
#include "chaos/world.hpp"

namespace tripmig::chaos {

struct Verdict {
    std::vector<std::string> wrong;  ///< empty: all is well
    std::string text;                ///< what happened, in a line
};

/// One round: a table is swapped, reverted, swapped again, finished, split, in an order that its seed chooses, under
/// the crowd, while the commands are killed, cut off and terminated; each is run again until it is done. Then the
/// judge.
class Story {
  public:
    explicit Story(const Plan& plan);

    /// At random moments.
    Verdict play();
    /// At each step, as the walk says.
    Verdict play(Walk& walk);

  private:
    struct Goal {
        std::vector<std::string> command;
        std::string table;
        std::vector<std::string> stages;  ///< of the table's last job, when it is reached
    };
    [[nodiscard]] std::vector<Goal> goals();
    [[nodiscard]] std::vector<Goal> goals_of_walk() const;
    /// The split, merge or drain, with more arguments.
    [[nodiscard]] Goal partition_goal(const std::vector<std::string>& more, const std::string& stage) const;
    void prepare();
    void reach(const Goal& goal);
    bool is_reached(const Goal& goal);
    int attempt(const Goal& goal, std::string& said);
    void choose_strike(const std::string& command, bool is_calm, const std::atomic<int>& pid);
    bool end_sessions(bool all);
    void disturb_at_random(test::BackgroundCommand& command);
    void wait_for(test::BackgroundCommand& command);
    void check_schema();
    Verdict judge();
    [[nodiscard]] Verdict verdict() const;
    [[nodiscard]] test::Surroundings surroundings(bool through_proxy) const;
    void wrong(const std::string& what) { m_tally.wrong(what); }

    Plan m_plan;
    World m_world;
    test::TemporaryFolder m_sockets;
    Proxy m_proxy;
    Tally m_tally;
    Random m_random;
    Walk* m_walk = nullptr;
    std::vector<std::string> m_months;  ///< of a merge: the oldest partitions
    int m_messages = 0;
    int m_disturbances = 0;
    int m_runs = 0;
    int m_goal = 0;
    std::string m_log;
    std::vector<std::string> m_told;  ///< what was done to which command
};

}  // namespace tripmig::chaos
