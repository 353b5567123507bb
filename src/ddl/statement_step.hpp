#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/step.hpp"

namespace tripmig::ddl {

/// One statement, why it is there, and the locks it takes.
inline Step statement(std::string sql, std::string why, std::vector<LockRequest> locks = {}) {
    Step step;
    step.sql = std::move(sql);
    step.why = std::move(why);
    step.locks = std::move(locks);
    return step;
}

/// A SELECT of one boolean that must be true, else the whole unit is rolled back with that text.
inline Step check(std::string sql, std::string refusal) {
    Step step;
    step.sql = std::move(sql);
    step.why = "checked under the locks";
    step.refusal = std::move(refusal);
    return step;
}

/// A statement that PostgreSQL allows in no transaction, as a unit of its own.
inline Unit alone(std::string name, Step step) {
    Unit unit;
    unit.name = std::move(name);
    unit.transaction = Transaction::none;
    unit.steps.push_back(std::move(step));
    return unit;
}

inline void append(std::vector<Step>& steps, std::vector<Step> more) {
    for (Step& step : more)
        steps.push_back(std::move(step));
}

}  // namespace tripmig::ddl
