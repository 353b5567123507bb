#include "view/partition_maintain.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <nlohmann/json.hpp>

#include "base/civil.hpp"
#include "sql/identifier.hpp"
#include "view/counted.hpp"
#include "view/error_json.hpp"
#include "view/or_null.hpp"
#include "view/plan.hpp"

namespace tripmig::view {

namespace chr = std::chrono;

namespace {

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
        case Act::Kind::drop_check:
            return "dropped a CHECK of DEFAULT";
        case Act::Kind::analyze:
            break;
    }
    return "analyzed it";
}

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
    event.message =
        fmt::format("{}: {}{} in {}", name_of(outcome), verb_of(deed.kind), names_of(deed), milliseconds(deed.took));
    if (!deed.locks.empty())
        event.message += fmt::format("; held for at most {}: {}", milliseconds(deed.held), locks_text(deed));
    event.fields = {{"table", name_of(outcome)},
                    {"did", std::string(verb_of(deed.kind))},
                    {"took_us", fmt::format("{}", deed.took.count())},
                    {"held_us", fmt::format("{}", deed.held.count())},
                    {"attempts", fmt::format("{}", deed.attempts)},
                    {"locks", locks_text(deed)}};
    return event;
}

nlohmann::json deed_json(const Deed& deed) {
    nlohmann::json names = nlohmann::json::array();
    for (const ddl::Leaf& leaf : deed.leaves)
        names.push_back(sql::quoted(leaf.name));
    nlohmann::json locks = nlohmann::json::array();
    for (const LockRequest& lock : deed.locks)
        locks.push_back({{"relation", sql::quoted(lock.relation)}, {"mode", std::string(to_string(lock.mode))}});
    return {{"did", std::string(verb_of(deed.kind))},
            {"partitions", std::move(names)},
            {"attempts", deed.attempts},
            {"took_ms", static_cast<double>(deed.took.count()) / 1000},
            {"locks_held_ms", static_cast<double>(deed.held.count()) / 1000},
            {"locks", std::move(locks)}};
}

nlohmann::json leaves_json(ddl::KeyType key, const std::vector<ddl::Leaf>& leaves) {
    nlohmann::json list = nlohmann::json::array();
    for (const ddl::Leaf& leaf : leaves)
        list.push_back({{"partition", sql::quoted(leaf.name)},
                        {"from", ddl::describe(key, leaf.bounds.lower)},
                        {"to", ddl::describe(key, leaf.bounds.upper)}});
    return list;
}

nlohmann::json errors_json(const std::vector<Error>& errors) {
    nlohmann::json list = nlohmann::json::array();
    for (const Error& error : errors)
        list.push_back(error_json(error));
    return list;
}

nlohmann::json health_json(const partition::TableHealth& health) {
    return {{"premake", health.premake},
            {"ahead", health.ahead},
            {"seconds_ahead", or_null(health.seconds_ahead)},
            {"gaps", health.gaps},
            {"default_rows", health.default_rows},
            {"detach_pending", health.detach_pending},
            {"retention_overdue", health.retention_overdue}};
}

nlohmann::json head_json(const TableOutcome& outcome) {
    return {{"table", outcome.table.name.empty() ? nlohmann::json() : nlohmann::json(sql::quoted(outcome.table))},
            {"policy", outcome.file.string()},
            {"code", to_int(outcome.code())},
            {"notes", outcome.notes},
            {"errors", errors_json(outcome.errors)}};
}

}  // namespace

std::vector<Event> maintain_events(const partition::MaintainResult& result) {
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

std::vector<Event> maintain_errors(const std::vector<TableOutcome>& tables) {
    std::vector<Event> events;
    for (const TableOutcome& outcome : tables)
        for (const Error& error : outcome.errors) {
            Event event{Severity::error, "maintain.failed", describe(error), {}, {}};
            if (!outcome.table.name.empty() && event.message.rfind(name_of(outcome), 0) != 0)
                event.message = fmt::format("{}: {}", name_of(outcome), event.message);
            event.fields = {{"table", name_of(outcome)},
                            {"code", fmt::format("{}", to_int(error.code()))},
                            {"sqlstate", error.sqlstate()}};
            events.push_back(std::move(event));
        }
    return events;
}

nlohmann::json maintain_json(const partition::MaintainResult& result) {
    nlohmann::json document{{"now", format_timestamp(result.now)}, {"tables", nlohmann::json::array()}};
    for (const TableOutcome& outcome : result.tables) {
        nlohmann::json table = head_json(outcome);
        table["created"] = leaves_json(outcome.key, outcome.created);
        table["detached"] = leaves_json(outcome.key, outcome.detached);
        table["done"] = nlohmann::json::array();
        for (const Deed& deed : outcome.deeds)
            table["done"].push_back(deed_json(deed));
        table["health"] = outcome.health ? health_json(*outcome.health) : nlohmann::json();
        document["tables"].push_back(std::move(table));
    }
    return document;
}

std::string maintain_preview_text(const partition::MaintainPreview& preview) {
    std::string text;
    for (const partition::TablePreview& table : preview.tables) {
        const bool is_idle = table.units.empty() && table.outcome.errors.empty();
        text += fmt::format("-- {}{}\n{}\n", name_of(table.outcome), is_idle ? ": nothing to do" : "",
                            plan_text(table.units));
    }
    return text;
}

nlohmann::json maintain_preview_json(const partition::MaintainPreview& preview) {
    nlohmann::json document{{"now", format_timestamp(preview.now)}, {"tables", nlohmann::json::array()}};
    for (const partition::TablePreview& table : preview.tables) {
        nlohmann::json entry = head_json(table.outcome);
        entry["units"] = plan_json(table.units);
        document["tables"].push_back(std::move(entry));
    }
    return document;
}

}  // namespace tripmig::view
