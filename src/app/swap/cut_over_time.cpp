#include "app/swap/cut_over_time.hpp"

#include <fmt/format.h>

#include <filesystem>

#include "base/civil.hpp"
#include "base/error.hpp"

namespace tripmig::app {

void CutOverTime::check() const {
    if (is_postponed() && !parse_timestamp(postponed_until) && !std::filesystem::exists(postponed_until))
        throw Error(ExitCode::usage,
                    fmt::format("--postpone-cutover-until {}: neither a time nor an existing file", postponed_until),
                    "write 2026-01-31T03:00 (UTC unless it has a zone), or create the file first and delete it later");
}

bool CutOverTime::is_over(const Clock& clock) const {
    const auto time = parse_timestamp(postponed_until);
    return time ? clock.now() >= *time : !std::filesystem::exists(postponed_until);
}

void CutOverTime::wait(const Context& context) const {
    bool has_told = false;
    while (!is_over(context.clock)) {
        if (!has_told)
            context.reporter.info("swap.postponed",
                                  fmt::format("ready; the cut-over is postponed until {}", postponed_until));
        has_told = true;
        context.stop.wait_for(std::chrono::milliseconds(200));
        context.stop.check();
    }
}

}  // namespace tripmig::app
