#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "chaos/crowd.hpp"
#include "chaos/proxy.hpp"
#include "chaos/tally.hpp"
#include "chaos/world.hpp"

namespace tripmig::chaos {

/// The one disturbance of a systematic round: at that message, counted over all commands.
struct Strike {
    Hit hit = Hit::none;
    int at = 0;
};

struct Verdict {
    std::vector<std::string> wrong;  ///< empty: all is well
    std::string text;                ///< what happened, in a line
    bool has_struck = false;         ///< false: the strike's message never came
};

/// One round: a table is swapped, reverted, swapped again, finished, split, in an order that its seed chooses, under
/// the crowd, while the commands are killed, cut off and terminated; each is run again until it is done. Then the
/// judge.
class Story {
  public:
    explicit Story(const Plan& plan);

    /// At random moments.
    Verdict play();
    /// At that one.
    Verdict play(const Strike& strike);

  private:
    struct Goal {
        std::vector<std::string> command;
        std::string table;
        std::vector<std::string> stages;  ///< of the table's last job, when it is reached
    };
    [[nodiscard]] std::vector<Goal> goals();
    void prepare();
    void reach(const Goal& goal);
    bool is_reached(const Goal& goal);
    int attempt(const Goal& goal, std::string& said);
    void disturb_at_random(test::BackgroundCommand& command);
    void wait_for(test::BackgroundCommand& command);
    void check_schema();
    Verdict judge();
    [[nodiscard]] test::Surroundings surroundings(bool through_proxy) const;
    void wrong(const std::string& what) { m_tally.wrong(what); }

    Plan m_plan;
    World m_world;
    test::TemporaryFolder m_sockets;
    Proxy m_proxy;
    Tally m_tally;
    Random m_random;
    std::optional<Strike> m_strike;
    int m_messages = 0;
    int m_disturbances = 0;
    int m_runs = 0;
    bool m_has_struck = false;
    std::string m_log;
};

}  // namespace tripmig::chaos
