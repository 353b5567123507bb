// How fast a script is cut into statements, beside the least that any scanner does: look at each byte once.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string>
#include <string_view>

#include "sql/scanner.hpp"

namespace {

using Clock = std::chrono::steady_clock;

struct Sample {
    std::string_view name;
    std::string_view head;
    std::string_view text;  ///< repeated
    std::string_view tail;
};

constexpr std::array<Sample, 11> samples{{
    {"tables", "",
     "CREATE TABLE app.users (\n    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,\n    name text NOT NULL,\n"
     "    created_at timestamptz NOT NULL DEFAULT now(),\n    CHECK (length(name) > 0)\n);\n",
     ""},
    {"indexes", "", "CREATE INDEX CONCURRENTLY IF NOT EXISTS users_name ON app.users (lower(name)) WHERE id > 0;\n",
     ""},
    {"inserts", "", "INSERT INTO app.users (id, name, created_at) VALUES (1, 'a name of some length', '2024-01-31');\n",
     ""},
    {"functions", "",
     "CREATE FUNCTION f(a int) RETURNS int LANGUAGE plpgsql AS $$\nBEGIN\n  IF a > 0 THEN RETURN a; END IF;\n"
     "  RETURN 0;\nEND\n$$;\n",
     ""},
    {"comments", "", "-- What follows adds a column that nobody reads yet.\n", ""},
    {"data lines", "COPY t FROM stdin;\n", "1\tabcdefghijklmnopqrstuvwxyz\t\\N\n", "\\.\n"},
    {"one list", "SELECT ", "abc, ", "1;"},
    {"one string", "SELECT '", "abc def ", "';"},
    {"parentheses", "SELECT ", "(a)", ";"},
    {"tiny statements", "", "select 1;\n", ""},
    {"empty comments", "", "--\n", ""},
}};

std::string text_of(const Sample& sample, std::size_t bytes) {
    std::string text(sample.head);
    while (text.size() < bytes)
        text += sample.text;
    return text.append(sample.tail);
}

/// The best of some runs, in MB/s.
template <typename Work>
double speed(const std::string& text, Work work) {
    double best = 0;
    for (int run = 0; run < 5; ++run) {
        const auto started = Clock::now();
        work();
        const std::chrono::duration<double> took = Clock::now() - started;
        best = std::max(best, static_cast<double>(text.size()) / 1e6 / took.count());
    }
    return best;
}

/// A byte's class from a table, and a count of one class: what is left when nothing is understood.
std::size_t count_semicolons(std::string_view text) {
    static constexpr auto classes = [] {
        std::array<unsigned char, 256> table{};
        table[';'] = 1;
        return table;
    }();
    std::size_t count = 0;
    for (const char c : text)
        count += classes[static_cast<unsigned char>(c)];
    return count;
}

}  // namespace

int main() {
    constexpr std::size_t small = 4'000'000;
    volatile std::size_t sink = 0;
    fmt::print("{:<16} {:>12} {:>8} {:>12} {:>10}\n", "", "tripmig MB/s", "floor", "floor/tripmig", "5x the text");
    for (const Sample& sample : samples) {
        const std::string text = text_of(sample, small);
        const std::string longer = text_of(sample, 5 * small);
        const double own = speed(text, [&] { sink = tripmig::sql::scan(text).statements.size(); });
        const double own_longer = speed(longer, [&] { sink = tripmig::sql::scan(longer).statements.size(); });
        const double floor = speed(text, [&] { sink = count_semicolons(text); });
        fmt::print("{:<16} {:>12.0f} {:>8.0f} {:>12.2f} {:>10.0f}\n", sample.name, own, floor, floor / own, own_longer);
    }
    return 0;
}
