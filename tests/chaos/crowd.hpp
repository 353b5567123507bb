#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <vector>

#include "chaos/tally.hpp"
#include "chaos/world.hpp"

namespace tripmig::chaos {

/// The service at work: writers and a reader, each a session and a thread, and somebody who ends their sessions now and
/// then.
class Crowd {
  public:
    Crowd(const World& world, Tally& tally);
    ~Crowd();
    Crowd(const Crowd&) = delete;
    Crowd& operator=(const Crowd&) = delete;

    /// Ends them, and has them say what they were told. Twice is once.
    void stop();

  private:
    void write(int number);
    void read();
    void terminate();
    void switch_triggers();
    void guarded(const std::string& who, const std::function<void()>& work);

    const World& m_world;
    Tally& m_tally;
    std::atomic<bool> m_stop{false};
    std::vector<std::thread> m_threads;
};

}  // namespace tripmig::chaos
