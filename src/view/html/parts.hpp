#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "app/report/report.hpp"
#include "view/html/language.hpp"
#include "view/html/markup.hpp"

namespace tripmig::view::html {

/// How a part stands; its colour, and a word beside it.
enum class Mood { plain, ok, warn, bad };
/// The class: "ok"; of plain: "".
std::string_view style_of(Mood mood);

/// What the summary says of a section.
struct Card {
    std::string text;
    Mood mood = Mood::plain;
};

// A section each: its line in the summary, and what stands below its heading.
Card migrations_card(const app::Section<app::StatusResult>& section, const Texts& texts);
Markup migrations_part(const app::Section<app::StatusResult>& section, const Texts& texts);
Card partitions_card(const app::Section<app::PartitionStatus>& section, const Texts& texts);
Markup partitions_part(const app::Section<app::PartitionStatus>& section, const Texts& texts);
Card jobs_card(const app::Section<std::vector<app::JobStatus>>& section, const Texts& texts);
Markup jobs_part(const app::Section<std::vector<app::JobStatus>>& section, const Texts& texts);
Card findings_card(const app::Section<app::DoctorResult>& section, const Texts& texts);
Markup findings_part(const app::Section<app::DoctorResult>& section, Instant at, const Texts& texts);

// What they share.
Markup badge(std::string_view text, Mood mood);
Markup note(const Markup& text, Mood mood);
Markup failure_note(const Error& error, const Texts& texts);
/// A table that scrolls by itself where the page is narrower; `label` names it for who can't see it.
Markup scrolling_table(std::string_view label, const Markup& head, const Markup& rows);
Markup heading_cell(std::string_view text, bool is_number = false);
/// A time of the state schema, or of ours: "2026-01-31 13:05:09"; empty when there is none.
std::string time_text(const std::string& time);
std::string time_text(Instant time);

}  // namespace tripmig::view::html
