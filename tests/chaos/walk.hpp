#pragma once

#include <set>
#include <string>

#include "chaos/proxy.hpp"

namespace tripmig::chaos {

/// The systematic way: dies in one manner at every step of every command, one after another. A step is a message by its
/// words, and by those of the one before it on its connection: not by its number, which differs from run to run.
class Walk {
  public:
    /// Of the steps that are new it takes the number `first` (from 1) and then each `stride`-th.
    Walk(Hit hit, int first, int stride) : m_hit(hit), m_first(first), m_stride(stride) {}

    /// What is to happen to this message of that command.
    Hit choose(const std::string& command, const Message& message) {
        if (!m_known.insert(command + ": " + message.before + " > " + message.words).second)
            return Hit::none;
        const int number = static_cast<int>(m_known.size());
        if (number < m_first || (number - m_first) % m_stride != 0)
            return Hit::none;
        ++m_strikes;
        return m_hit;
    }

    [[nodiscard]] Hit hit() const { return m_hit; }
    [[nodiscard]] bool takes_all() const { return m_first == 1 && m_stride == 1; }
    [[nodiscard]] int strikes() const { return m_strikes; }
    [[nodiscard]] int steps() const { return static_cast<int>(m_known.size()); }

  private:
    Hit m_hit;
    int m_first;
    int m_stride;
    int m_strikes = 0;
    std::set<std::string> m_known;
};

}  // namespace tripmig::chaos
