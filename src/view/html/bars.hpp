#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "partition/status.hpp"

namespace tripmig::view::html {

/// What a partition is to its policy; the later one wins where several hold.
enum class BarKind { past, present, future, expired, detach_pending, default_partition };
/// The class of its shapes: "past".
std::string_view style_of(BarKind kind);

/// One bar of the picture: a partition, or neighbours of one kind.
struct Bar {
    BarKind kind = BarKind::past;
    std::string name;  ///< of one partition as a statement needs it; empty: several
    std::string from;
    std::string to;
    std::size_t partitions = 1;
    std::int64_t rows = 0;
    std::int64_t bytes = 0;
    bool has_rows = true;  ///< false: of a partition of it the server has no estimate
    bool has_bytes = true;
    std::int64_t year = 0;  ///< in which its first key lies; 0: a number, or no lower end
};

/// With more partitions than this, neighbours of one year and kind share a bar.
inline constexpr std::size_t most_bars = 500;

/// In the order of their bounds, DEFAULT last. Where years are still too many, or there are none, neighbours of one
/// kind share bars until they are few.
std::vector<Bar> bars_of(const partition::TableStatus& table);

}  // namespace tripmig::view::html
