#include "app/partition/deeds.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/counted.hpp"
#include "base/duration.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace chr = std::chrono;

using partition::Act;
using partition::Deed;
using partition::TableOutcome;

std::string name_of(const TableOutcome& outcome) {
    return outcome.table.name.empty() ? outcome.file.string() : sql::quoted(outcome.table);
}

std::string_view verb_of(Act::Kind kind) {
    switch (kind) {
        case Act::Kind::create:
            return "created";
        case Act::Kind::detach:
            return "detached";
        case Act::Kind::finish_detach:
            return "finished the detach of";
        case Act::Kind::clean_up:
            return "removed foreign keys and triggers of";
        case Act::Kind::drop:
            return "dropped";
        case Act::Kind::archive:
            return "archived and dropped";
        case Act::Kind::drop_check:
            return "dropped an old CHECK of DEFAULT";
        case Act::Kind::analyze:
            break;
    }
    return "analyzed";
}

namespace {

/// One name, or how many.
std::string names_of(const Deed& deed) {
    if (deed.leaves.empty())
        return {};
    return " " +
           (deed.leaves.size() == 1 ? sql::quoted(deed.leaves.front().name) : counted(deed.leaves.size(), "partition"));
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
    event.message =
        fmt::format("{}: {}{} in {}", name_of(outcome), verb_of(deed.kind), names_of(deed), elapsed_text(deed.took));
    if (!deed.locks.empty())
        event.message += fmt::format("; held {} for at most {}", locks_text(deed), elapsed_text(deed.held));
    event.fields = {{"table", name_of(outcome)},
                    {"did", std::string(verb_of(deed.kind))},
                    {"took_us", fmt::format("{}", deed.took.count())},
                    {"held_us", fmt::format("{}", deed.held.count())},
                    {"attempts", fmt::format("{}", deed.attempts)},
                    {"locks", locks_text(deed)}};
    return event;
}

/// What the whole run changed.
std::string changes_text(const std::vector<TableOutcome>& tables) {
    std::size_t created = 0;
    std::size_t detached = 0;
    std::size_t dropped = 0;
    for (const TableOutcome& outcome : tables) {
        created += outcome.created.size();
        detached += outcome.detached.size();
        dropped += outcome.dropped.size();
    }
    std::string done;
    const auto add = [&](std::size_t count, std::string_view verb) {
        if (count != 0)
            done += fmt::format("{}{} {}", done.empty() ? "" : ", ", counted(count, "partition"), verb);
    };
    add(created, "created");
    add(detached, "detached");
    add(dropped, "dropped");
    return done.empty() ? "nothing to do" : done;
}

}  // namespace

void tell_errors(Reporter& reporter, const std::vector<TableOutcome>& tables) {
    for (const TableOutcome& outcome : tables)
        for (const Error& error : outcome.errors) {
            Event event{Severity::error, "maintain.failed", describe(error), {}, {}};
            if (!outcome.table.name.empty() && event.message.rfind(name_of(outcome), 0) != 0)
                event.message = fmt::format("{}: {}", name_of(outcome), event.message);
            event.fields = {{"table", name_of(outcome)},
                            {"code", fmt::format("{}", to_int(error.code()))},
                            {"sqlstate", error.sqlstate()}};
            reporter.emit(event);
        }
}

void tell_deeds(Reporter& reporter, const partition::MaintainResult& result) {
    for (const TableOutcome& outcome : result.tables)
        for (const Deed& deed : joined(outcome.deeds))
            reporter.emit(deed_event(outcome, deed));
    if (result.exit_code() == ExitCode::ok)
        reporter.info("maintain.done",
                      fmt::format("{}: {}", counted(result.tables.size(), "table"), changes_text(result.tables)));
}

}  // namespace tripmig::app
