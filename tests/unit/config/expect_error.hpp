#pragma once

#include <doctest/doctest.h>

#include <string>

#include "base/error.hpp"

/// What describe() says of the Error{usage} that `action` throws.
template <typename Action>
std::string usage_error_of(const Action& action) {
    try {
        action();
    } catch (const tripmig::Error& error) {
        CHECK(error.code() == tripmig::ExitCode::usage);
        return tripmig::describe(error);
    }
    return "no error";
}

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}
