#include "app/partition/maintain_events.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/counted.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace chr = std::chrono;

namespace {

using partition::Deed;
using partition::TableOutcome;

/// One name, or how many.
std::string names_of(const Deed& deed) {
    if (deed.leaves.empty())
        return {};
    return " " +
           (deed.leaves.size() == 1 ? sql::quoted(deed.leaves.front().name) : counted(deed.leaves.size(), "partition"));
}

std::string milliseconds(chr::microseconds time) {
    return fmt::format("{:.1f} ms", static_cast<double>(time.count()) / 1000);
}

std::string locks_text(const Deed& deed) {
    std::string text;
    for (const LockRequest& lock : deed.locks)
        text += fmt::format("{}{} on {}", text.empty() ? "" : ", ", to_string(lock.mode), sql::quoted(lock.relation));
    return text;
}

/// Deeds of one kind with the same locks in a row are one for people: each partition was told of when it came or went.
std::vector<Deed> joined(const std::vector<Deed>& deeds) {
    std::vector<Deed> together;
    for (const Deed& deed : deeds) {
        if (together.empty() || together.back().kind != deed.kind || locks_text(together.back()) != locks_text(deed)) {
            together.push_back(deed);
            continue;
        }
        Deed& last = together.back();
        last.leaves.insert(last.leaves.end(), deed.leaves.begin(), deed.leaves.end());
        last.attempts = std::max(last.attempts, deed.attempts);
        last.took += deed.took;
        last.held = std::max(last.held, deed.held);
    }
    return together;
}

Event deed_event(const TableOutcome& outcome, const Deed& deed) {
    Event event{Severity::info, "maintain.deed", {}, {}, {}};
    event.message = fmt::format("{}: {}{} in {}", outcome.subject(), partition::verb(deed.kind), names_of(deed),
                                milliseconds(deed.took));
    if (!deed.locks.empty())
        event.message += fmt::format("; held for at most {}: {}", milliseconds(deed.held), locks_text(deed));
    event.fields = {{"table", outcome.subject()},
                    {"did", std::string(partition::verb(deed.kind))},
                    {"took_us", fmt::format("{}", deed.took.count())},
                    {"held_us", fmt::format("{}", deed.held.count())},
                    {"attempts", fmt::format("{}", deed.attempts)},
                    {"locks", locks_text(deed)}};
    return event;
}

}  // namespace

std::vector<Event> deed_events(const partition::MaintainResult& result) {
    std::vector<Event> events;
    std::size_t created = 0;
    std::size_t detached = 0;
    for (const TableOutcome& outcome : result.tables) {
        created += outcome.created.size();
        detached += outcome.detached.size();
        for (const Deed& deed : joined(outcome.deeds))
            events.push_back(deed_event(outcome, deed));
    }
    std::string done;
    if (created != 0)
        done = counted(created, "partition") + " created";
    if (detached != 0)
        done += (done.empty() ? "" : ", ") + counted(detached, "partition") + " detached";
    Event event{Severity::info, "maintain.done", {}, {}, {}};
    event.message =
        fmt::format("{}: {}", counted(result.tables.size(), "table"), done.empty() ? "nothing to do" : done);
    if (partition::exit_code_of(result.tables) == ExitCode::ok)
        events.push_back(std::move(event));
    return events;
}

std::vector<Event> error_events(const partition::TableOutcome& outcome) {
    const std::string name = outcome.subject();
    std::vector<Event> events;
    for (const Error& error : outcome.errors) {
        Event event{Severity::error, "maintain.failed", describe(error), {}, {}};
        if (!outcome.table.name.empty() && event.message.rfind(name, 0) != 0)
            event.message = fmt::format("{}: {}", name, event.message);
        event.fields = {
            {"table", name}, {"code", fmt::format("{}", to_int(error.code()))}, {"sqlstate", error.sqlstate()}};
        events.push_back(std::move(event));
    }
    return events;
}

}  // namespace tripmig::app
