#include "base/backoff.hpp"

#include <algorithm>
#include <cmath>
#include <random>

namespace tripmig {

namespace chr = std::chrono;

chr::milliseconds retry_pause(int attempts, const std::function<double()>& random) {
    constexpr chr::milliseconds longest_before_jitter{2000};
    constexpr chr::milliseconds longest{3000};
    chr::milliseconds pause(50);
    for (int i = 1; i < attempts && pause < longest_before_jitter; ++i)
        pause = std::min(pause * 2, longest_before_jitter);
    const double jittered = static_cast<double>(pause.count()) * (0.5 + random());
    return std::min(chr::milliseconds(std::llround(jittered)), longest);
}

double any_fraction() {
    static thread_local std::mt19937 generator{std::random_device{}()};
    return std::uniform_real_distribution<double>()(generator);
}

}  // namespace tripmig
