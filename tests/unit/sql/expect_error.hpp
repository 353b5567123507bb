#pragma once

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <utility>

#include "base/error.hpp"

namespace tripmig::test {

/// The Error that an action throws; fails the test when it throws none.
template <typename Action>
Error error_of(Action&& action) {
    try {
        std::forward<Action>(action)();
    } catch (const Error& error) {
        return error;
    }
    FAIL("no error was thrown");
    return Error(ExitCode::unexpected, "no error was thrown");
}

/// "line:column message", for comparing at one glance.
inline std::string brief(const Error& error) {
    const std::string place =
        error.position() ? std::to_string(error.position()->line) + ":" + std::to_string(error.position()->column) + " "
                         : std::string();
    return place + error.message();
}

}  // namespace tripmig::test
