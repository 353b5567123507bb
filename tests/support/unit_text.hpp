#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "base/step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::test {

/// All statements of a unit, one after the other.
inline std::string text_of(const Unit& unit) {
    std::string text;
    for (const Step& step : unit.steps)
        text += step.sql + ";\n";
    return text;
}

/// The relations that it locks first, in that order.
inline std::vector<std::string> locks_of(const Unit& unit) {
    std::vector<std::string> names;
    for (const LockRequest& lock : unit.lock_first)
        names.push_back(sql::quoted(lock.relation));
    return names;
}

/// Each part comes behind the one before it.
inline void require_order(const std::string& text, const std::vector<std::string>& parts) {
    std::size_t last = 0;
    for (const std::string& part : parts) {
        const std::size_t at = text.find(part, last);
        INFO(part << "\nin\n" << text);
        REQUIRE(at != std::string::npos);
        last = at;
    }
}

}  // namespace tripmig::test
