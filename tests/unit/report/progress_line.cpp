#include "report/progress_line.hpp"

#include <doctest/doctest.h>

#include "report/display_width.hpp"

using namespace std::chrono_literals;
using namespace tripmig::report;
using tripmig::Progress;

namespace {

RateMeter measured(std::uint64_t done, std::chrono::milliseconds span) {
    RateMeter rate;
    rate.add(RateMeter::TimePoint(1000h), 0);
    rate.add(RateMeter::TimePoint(1000h) + span, done);
    return rate;
}

}  // namespace

TEST_CASE("numbers and times for people") {
    CHECK(grouped(0) == "0");
    CHECK(grouped(999) == "999");
    CHECK(grouped(1000) == "1,000");
    CHECK(grouped(1234567) == "1,234,567");
    CHECK(for_people(0ms) == "0 s");
    CHECK(for_people(420ms) == "0.4 s");
    CHECK(for_people(8s) == "8 s");
    CHECK(for_people(200s) == "3 min 20 s");
    CHECK(for_people(180s) == "3 min");
    CHECK(for_people(2h) == "2 h");
    CHECK(for_people(125min) == "2 h 5 min");
    CHECK(for_people(50h) == "2 d 2 h");
}

TEST_CASE("a bar has task, bar, part, numbers, rate and time left") {
    const Progress progress{"load public.orders", 450'000, 1'000'000, "rows"};
    const RateMeter rate = measured(450'000, 5s);
    CHECK(
        progress_bar(progress, rate, 200) ==
        "load public.orders  [#############.................]   45%  450,000/1,000,000 rows  90,000 rows/s  7 s left");
    CHECK(progress_bar(progress, RateMeter(), 200) ==
          "load public.orders  [#############.................]   45%  450,000/1,000,000 rows");
}

TEST_CASE("what does not fit goes, the least needed first, and no line is too wide") {
    const Progress progress{"load public.orders", 450'000, 1'000'000, "rows"};
    const RateMeter rate = measured(450'000, 5s);
    CHECK(progress_bar(progress, rate, 90) ==
          "load public.orders  [#####........]   45%  450,000/1,000,000 rows  90,000 rows/s  7 s left");
    CHECK(progress_bar(progress, rate, 80) ==
          "load public.orders  [########..........]   45%  450,000/1,000,000 rows  7 s left");
    CHECK(progress_bar(progress, rate, 60) == "load public.orders  [#########.............]   45%  7 s left");
    CHECK(progress_bar(progress, rate, 40) == "load public.orders   45%  7 s left");
    CHECK(progress_bar(progress, rate, 26) == "load public.orders   45%");
    CHECK(progress_bar(progress, rate, 20) == "load public...   45%");
    for (std::size_t width = 0; width < 130; ++width) {
        CAPTURE(width);
        CHECK(display_width(progress_bar(progress, rate, width)) <= width);
        CHECK(display_width(progress_bar({"일정 복사", 12, 0, "rows"}, rate, width)) <= width);
    }
}

TEST_CASE("without a total there is the number alone") {
    CHECK(progress_bar({"count", 1234, 0, "rows"}, RateMeter(), 80) == "count  1,234 rows");
    CHECK(progress_bar({"count public.orders", 1234, 0, "rows"}, measured(1234, 1s), 24) == "count pub...  1,234 rows");
    CHECK(progress_text({"count", 1234, 0, "rows"}, RateMeter()) == "count: 1,234 rows");
}

TEST_CASE("100 % is said when all is done, and not before") {
    CHECK(progress_text({"t", UINT64_MAX - 1, UINT64_MAX, ""}, RateMeter()).find("t: 99% (") == 0);
    CHECK(progress_text({"t", 999, 1000, ""}, RateMeter()) == "t: 99% (999/1,000)");
    CHECK(progress_text({"t", 1000, 1000, ""}, RateMeter()) == "t: 100% (1,000/1,000)");
    CHECK(progress_bar({"t", 1500, 1000, ""}, RateMeter(), 60) ==
          "t  [##############################]  100%  1,500/1,000");
}

TEST_CASE("lines for logs") {
    const RateMeter rate = measured(450'000, 5s);
    CHECK(progress_text({"load public.orders", 450'000, 1'000'000, "rows"}, rate) ==
          "load public.orders: 45% (450,000/1,000,000 rows, 90,000 rows/s, 7 s left)");
    CHECK(finished_text({"load public.orders", 1'000'000, 1'000'000, "rows"}, measured(1'000'000, 12s)) ==
          "load public.orders: 1,000,000 rows in 12 s (83,333 rows/s)");
    CHECK(finished_text({"load", 3, 3, "files"}, RateMeter()) == "load: 3 files");
    CHECK(finished_text({"load", 1, 1, "files"}, RateMeter()) == "load: 1 file");
    CHECK(progress_text({"load", 1, 4, "files"}, RateMeter()) == "load: 25% (1/4 files)");
    CHECK(finished_text({"load", 2827, 2827, "blocks"}, measured(2827, 100ms)) == "load: 2,827 blocks in 0.1 s");
    CHECK(finished_text({"load", 10'000, 10'000, "blocks", 8192}, measured(10'000, 2s)) ==
          "load: 10,000 blocks in 2 s (41.0 MB/s)");
    CHECK(finished_text({"index", 3, 3, "leaves"}, measured(3, 2s)) == "index: 3 leaves in 2 s (1.5 leaves/s)");
}
