#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <vector>

namespace tripmig::chaos {

/// What the writers of one round saw, all together.
class Tally {
  public:
    void acknowledged() { ++m_acknowledged; }
    void refused(const std::string& isolation, const std::string& sqlstate) {
        const std::lock_guard<std::mutex> lock(m_guard);
        ++m_refused[sqlstate + " (" + isolation + ")"];
    }
    /// Something that must never be: it fails the round.
    void wrong(const std::string& what) {
        const std::lock_guard<std::mutex> lock(m_guard);
        if (m_wrong.size() < 20)
            m_wrong.push_back(what);
    }
    /// A transaction of one snapshot that may have been older than a copy's cut-over: counted, and no more.
    void straddled() { ++m_straddled; }
    void waited(std::chrono::milliseconds time) {
        const std::lock_guard<std::mutex> lock(m_guard);
        m_longest = std::max(m_longest, time);
    }

    [[nodiscard]] int acknowledgements() const { return m_acknowledged; }
    [[nodiscard]] int straddlers() const { return m_straddled; }
    [[nodiscard]] std::vector<std::string> wrongs() const {
        const std::lock_guard<std::mutex> lock(m_guard);
        return m_wrong;
    }
    [[nodiscard]] std::string text() const {
        const std::lock_guard<std::mutex> lock(m_guard);
        std::string text = std::to_string(m_acknowledged) + " acknowledged, longest wait " +
                           std::to_string(m_longest.count()) + " ms, straddled " + std::to_string(m_straddled) +
                           ", refused:";
        for (const auto& [what, times] : m_refused)
            text += " " + what + " x" + std::to_string(times);
        return text;
    }

  private:
    std::atomic<int> m_acknowledged{0};
    std::atomic<int> m_straddled{0};
    mutable std::mutex m_guard;
    std::map<std::string, int> m_refused;
    std::vector<std::string> m_wrong;
    std::chrono::milliseconds m_longest{0};
};

}  // namespace tripmig::chaos
