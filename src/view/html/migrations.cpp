#include <algorithm>

#include "report/progress_line.hpp"
#include "view/html/parts.hpp"
#include "view/migrate/status.hpp"

namespace tripmig::view::html {

namespace {

Mood mood_of(const app::MigrationStatus& migration) {
    if (migration.half_way || migration.state == "changed" || migration.state == "file missing")
        return Mood::bad;
    if (migration.state == "pending" || migration.state == "newer")
        return Mood::warn;
    return Mood::ok;
}

std::string duration_text(const std::optional<std::int64_t>& milliseconds) {
    constexpr std::int64_t few = 10'000;
    if (!milliseconds)
        return {};
    return *milliseconds < few ? fmt::format("{} ms", *milliseconds)
                               : report::for_people(std::chrono::milliseconds(*milliseconds));
}

Markup locks_text(const db::MigrationLocks& locks, const Texts& texts) {
    if (locks.modes.empty())
        return element("span", {{"class", "soft"}}, Markup::text(texts.no_locks));
    Markup list;
    for (const auto& [relation, mode] : locks.modes)
        list += element("div", Markup::text(said(texts.lock_on, lock_mode(mode), relation)));
    return list;
}

Markup migration_row(const app::MigrationStatus& migration, const Texts& texts) {
    Markup cells = element("th", {{"scope", "row"}, {"class", "name"}}, Markup::text(migration.version));
    cells += element("td", migration.description);
    cells += element("td", badge(migration.state, mood_of(migration)));
    cells += element("td", {{"class", "time"}},
                     Markup::text(migration.applied_at ? time_text(*migration.applied_at) : std::string()));
    cells += element("td", {{"class", "number"}}, Markup::text(duration_text(migration.duration_ms)));
    cells += element("td", migration.locks ? locks_text(*migration.locks, texts) : Markup());
    cells += element("td", {{"class", "number"}},
                     Markup::text(migration.locks ? duration_text(migration.locks->held_ms) : std::string()));
    return element("tr", cells);
}

}  // namespace

Card migrations_card(const app::Section<app::StatusResult>& section, const Texts& texts) {
    if (!section.result)
        return {std::string(texts.unreadable), Mood::bad};
    if (section.result->has_errors())
        return {std::string(texts.attention), Mood::bad};
    if (section.result->pending > 0)
        return {said(texts.pending, section.result->pending), Mood::warn};
    return {std::string(texts.all_applied), Mood::ok};
}

Markup migrations_part(const app::Section<app::StatusResult>& section, const Texts& texts) {
    if (!section.result)
        return failure_note(*section.failure, texts);
    const app::StatusResult& status = *section.result;
    Markup part;
    if (!status.running.empty())
        part += element("p", said(texts.running, status.running));
    for (const migrate::Finding& finding : status.findings)
        part +=
            note(Markup::text(finding.message) + empty_element("br", {}) + Markup::text(said(texts.hint, finding.hint)),
                 finding.is_error ? Mood::bad : Mood::warn);
    if (status.migrations.empty())
        return part + element("p", texts.no_migrations);
    Markup rows;
    std::for_each(status.migrations.rbegin(), status.migrations.rend(),
                  [&](const app::MigrationStatus& migration) { rows += migration_row(migration, texts); });
    return part +
           scrolling_table(said(texts.table, texts.migrations),
                           heading_cell(texts.version) + heading_cell(texts.description) + heading_cell(texts.state) +
                               heading_cell(texts.applied_at) + heading_cell(texts.duration, true) +
                               heading_cell(texts.locks) + heading_cell(texts.lock_held, true),
                           rows);
}

}  // namespace tripmig::view::html
