#include "report/progress_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "report/display_width.hpp"

namespace tripmig::report {

namespace {

std::uint64_t percent(const Progress& progress) {
    const double part = static_cast<double>(progress.done) / static_cast<double>(progress.total);
    // 100 % is only said when all is done: 99.6 % is not.
    return progress.done >= progress.total ? 100 : std::min<std::uint64_t>(99, static_cast<std::uint64_t>(part * 100));
}

/// "1 file", "2 files", "1/4 files": units are plurals with an s.
std::string with_unit(const std::string& number, std::uint64_t count, std::string_view unit) {
    if (count == 1 && !unit.empty() && unit.back() == 's')
        unit.remove_suffix(1);
    return fmt::format("{}{}{}", number, unit.empty() ? "" : " ", unit);
}

std::string amount(const Progress& progress) {
    if (progress.is_elapsed_time)
        return for_people(std::chrono::seconds(progress.done));
    if (progress.total == 0)
        return with_unit(grouped(progress.done), progress.done, progress.unit);
    return with_unit(grouped(progress.done) + "/" + grouped(progress.total), progress.total, progress.unit);
}

std::string rate_text(const Progress& progress, double rate) {
    if (progress.unit_bytes > 0)
        return fmt::format("{:.1f} MB/s", rate * static_cast<double>(progress.unit_bytes) / 1e6);
    const std::string number =
        rate < 10 ? fmt::format("{:.1f}", rate) : grouped(static_cast<std::uint64_t>(std::llround(rate)));
    return fmt::format("{}{}{}/s", number, progress.unit.empty() ? "" : " ", progress.unit);
}

std::string current_rate(const Progress& progress, const RateMeter& rate) {
    if (progress.is_elapsed_time)
        return {};
    const auto per_second = rate.per_second();
    return per_second ? rate_text(progress, *per_second) : "";
}

std::string left_text(const Progress& progress, const RateMeter& rate) {
    const auto left = rate.time_left(progress.total);
    return left && progress.done < progress.total ? for_people(*left) + " left" : "";
}

std::string bar(const Progress& progress, std::size_t cells) {
    const double part = std::min(1.0, static_cast<double>(progress.done) / static_cast<double>(progress.total));
    const auto full = static_cast<std::size_t>(part * static_cast<double>(cells));
    return "[" + std::string(full, '#') + std::string(cells - full, '.') + "]";
}

std::string joined(const std::vector<std::string>& parts, std::string_view separator) {
    std::string text;
    for (const std::string& part : parts) {
        if (!part.empty())
            text += (text.empty() ? "" : std::string(separator)) + part;
    }
    return text;
}

constexpr std::size_t least_cells = 8;
constexpr std::size_t most_cells = 30;

}  // namespace

std::string grouped(std::uint64_t number) {
    std::string digits = fmt::format("{}", number);
    for (std::size_t place = digits.size(); place > 3; place -= 3)
        digits.insert(place - 3, ",");
    return digits;
}

std::string for_people(std::chrono::milliseconds duration) {
    const std::int64_t seconds = std::chrono::round<std::chrono::seconds>(duration).count();
    if (seconds < 10 && duration.count() % 1000 != 0)
        return fmt::format("{:.1f} s", static_cast<double>(duration.count()) / 1000);
    if (seconds < 60)
        return fmt::format("{} s", seconds);
    if (seconds < 3600)
        return seconds % 60 == 0 ? fmt::format("{} min", seconds / 60)
                                 : fmt::format("{} min {} s", seconds / 60, seconds % 60);
    const std::int64_t minutes = seconds / 60;
    constexpr std::int64_t minutes_a_day = 1440;
    if (minutes < minutes_a_day)
        return minutes % 60 == 0 ? fmt::format("{} h", minutes / 60)
                                 : fmt::format("{} h {} min", minutes / 60, minutes % 60);
    const std::int64_t hours = minutes / 60;
    return fmt::format("{} d {} h", hours / 24, hours % 24);
}

std::string progress_bar(const Progress& progress, const RateMeter& rate, std::size_t width) {
    const bool has_total = progress.total > 0;
    const std::string part = has_total ? fmt::format("{:3}%", percent(progress)) : "";
    const std::string numbers = amount(progress);
    const std::string speed = current_rate(progress, rate);
    const std::string left = left_text(progress, rate);
    using Parts = std::vector<std::string>;
    const std::vector<Parts> with_bar{{part, numbers, speed, left}, {part, numbers, left}, {part, left}};
    for (const Parts& parts : with_bar) {
        const std::size_t taken = display_width(progress.task) + joined(parts, "  ").size() + 6;
        if (has_total && taken + least_cells <= width)
            return joined({progress.task, bar(progress, std::min(most_cells, width - taken)), joined(parts, "  ")},
                          "  ");
    }
    const std::string& essential = has_total ? part : numbers;
    const std::vector<Parts> without_bar{
        {part, numbers, speed, left}, {part, numbers, left}, {essential, left}, {essential}};
    std::string rest;
    for (const Parts& parts : without_bar) {
        rest = joined(parts, "  ");
        if (display_width(progress.task) + rest.size() + 2 <= width)
            return joined({progress.task, rest}, "  ");
    }
    if (rest.size() + 6 > width)
        return shortened(joined({progress.task, rest}, "  "), width);
    return shortened(progress.task, width - rest.size() - 2) + "  " + rest;
}

std::string progress_text(const Progress& progress, const RateMeter& rate) {
    const std::string details =
        joined({amount(progress), current_rate(progress, rate), left_text(progress, rate)}, ", ");
    if (progress.total == 0)
        return fmt::format("{}: {}", progress.task, details);
    return fmt::format("{}: {}% ({})", progress.task, percent(progress), details);
}

std::string finished_text(const Progress& progress, const RateMeter& rate) {
    constexpr std::chrono::seconds least{1};  // of less a rate says nothing
    const auto per_second = rate.elapsed() < least ? std::nullopt : rate.overall_per_second();
    std::string text =
        fmt::format("{}: {}", progress.task, with_unit(grouped(progress.done), progress.done, progress.unit));
    if (rate.elapsed().count() > 0)
        text += " in " + for_people(rate.elapsed());
    return text + (per_second ? fmt::format(" ({})", rate_text(progress, *per_second)) : "");
}

}  // namespace tripmig::report
