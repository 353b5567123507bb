#include "cli/swap/cut_over_time.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <filesystem>

#include "base/civil.hpp"
#include "base/error.hpp"

namespace tripmig::cli {

void CutOverTime::add_options(CLI::App& command) {
    command
        .add_option("--until", m_until,
                    "ready: do all that can be done beside the writers, and stop before the cut-over")
        ->type_name("STAGE")
        ->check(CLI::IsMember({"ready"}));
    command
        .add_option("--postpone-cutover-until", m_postponed,
                    "Do all but the cut-over, and that from a time on (UTC), or when a file is gone")
        ->type_name("TIME|FILE")
        ->excludes("--until");
}

void CutOverTime::check() const {
    if (is_postponed() && !parse_timestamp(m_postponed) && !std::filesystem::exists(m_postponed))
        throw Error(ExitCode::usage, fmt::format("--postpone-cutover-until {}: no time, and no such file", m_postponed),
                    "write 2026-01-31T03:00 (UTC unless it has a zone), or make the file and delete it later");
}

bool CutOverTime::is_over(const Clock& clock) const {
    const auto time = parse_timestamp(m_postponed);
    return time ? clock.now() >= *time : !std::filesystem::exists(m_postponed);
}

void CutOverTime::wait(Context& context) const {
    bool has_told = false;
    while (!is_over(context.clock)) {
        if (!has_told)
            context.reporter.info("swap.postponed",
                                  fmt::format("ready; the cut-over is postponed until {}", m_postponed));
        has_told = true;
        context.stop.wait_for(std::chrono::milliseconds(200));
        context.stop.check();
    }
}

}  // namespace tripmig::cli
