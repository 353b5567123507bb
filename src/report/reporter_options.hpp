#pragma once

#include <cstddef>
#include <functional>

#include "base/clock.hpp"
#include "report/sink.hpp"

namespace tripmig::report {

struct ReporterOptions {
    enum class Format { text, json } format = Format::text;
    bool quiet = false;        ///< warnings and errors only, no progress
    bool verbose = false;      ///< debug events too, and the fields of every event
    bool color = false;        ///< for text
    bool is_terminal = false;  ///< for text: a bar that is redrawn in place, instead of a line now and then
    Sink sink;
    std::function<std::size_t()> width;  ///< the terminal's columns, asked at every draw; empty: 80
    const Clock* clock = nullptr;        ///< outlives the reporter; nullptr: the machine's own
};

}  // namespace tripmig::report
