#pragma once

#include <fmt/format.h>

#include <array>
#include <string>
#include <string_view>

namespace tripmig::view::html {

enum class Language { english, korean };

/// What the page says in one language. {} are filled in by said(); {0} and {1} where the order differs.
struct Texts {
    std::string_view code;
    std::string_view title;
    std::string_view as_of;
    std::string_view outdated;
    std::string_view unreadable;
    std::string_view hint;
    std::string_view made_by;
    std::string_view summary;
    std::string_view table;

    std::string_view migrations;
    std::string_view pending;
    std::string_view all_applied;
    std::string_view no_migrations;
    std::string_view running;
    std::string_view version;
    std::string_view description;
    std::string_view state;
    std::string_view applied_at;
    std::string_view duration;
    std::string_view locks;
    std::string_view lock_held;
    std::string_view no_locks;
    std::string_view lock_on;

    std::string_view partitions;
    std::string_view all_well;
    std::string_view need_attention;
    std::string_view no_policies;
    std::string_view well;
    std::string_view attention;
    std::string_view in_all;
    std::string_view ahead;
    std::string_view until;
    std::string_view days_left;
    std::string_view no_present;
    std::string_view gap;
    std::string_view default_rows;
    std::string_view default_uncounted;
    std::string_view detach_pending;
    std::string_view overdue;
    std::string_view overdue_detached;
    std::string_view beyond;
    std::string_view detached;
    std::string_view picture;
    std::string_view rows_above;
    std::string_view bytes_below;
    std::string_view grouped;
    std::string_view numbers;
    std::string_view partition;
    std::string_view several;
    std::string_view from;
    std::string_view to;
    std::string_view rows;
    std::string_view size;
    std::string_view mark;
    std::string_view unknown;
    std::array<std::string_view, 6> kinds;  ///< of BarKind

    std::string_view jobs;
    std::string_view open_jobs;
    std::string_view no_open_job;
    std::string_view no_jobs;
    std::string_view stage;
    std::string_view begun;
    std::string_view moved;
    std::string_view ended;
    std::string_view boundary;
    std::string_view loaded;
    std::string_view blocks;
    std::string_view rate;
    std::string_view left;
    std::string_view indexed;
    std::string_view backlog;
    std::string_view worker;
    std::string_view nobody;
    std::string_view paused;
    std::string_view waits;
    std::string_view busy;
    std::string_view attempts;
    std::string_view cut_over_at;
    std::string_view lock_wait;
    std::string_view held;
    std::string_view altered;
    std::string_view newer_job;

    std::string_view findings;
    std::string_view errors;
    std::string_view warnings;
    std::string_view notes;
    std::string_view nothing_found;
    std::string_view checks_at;
    std::string_view findings_language;  ///< empty: as the page
};

const Texts& texts_in(Language language);

template <typename... Values>
std::string said(std::string_view text, const Values&... values) {
    return fmt::format(fmt::runtime(text), values...);
}

}  // namespace tripmig::view::html
