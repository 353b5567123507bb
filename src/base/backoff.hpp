#pragma once

#include <chrono>
#include <functional>

namespace tripmig {

/// The pause before the next attempt, after so many that failed (from 1): 50 ms, twice as long each time up to 2 s,
/// then half to one and a half of that, so that those who met do not meet again; 3 s at most. `random`: uniform in [0,
/// 1).
std::chrono::milliseconds retry_pause(int attempts, const std::function<double()>& random);

/// A random source for it.
double any_fraction();

}  // namespace tripmig
