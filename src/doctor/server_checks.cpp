#include "doctor/server_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/bytes.hpp"
#include "base/counted.hpp"
#include "db/statements.hpp"
#include "doctor/parameter_value.hpp"
#include "doctor/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::doctor {

Seen<std::vector<Slot>> read_slots(Reader& reader) {
    return see(reader.connection(), [&] {
        std::vector<Slot> slots;
        for (const db::Row& row : reader.rows(statements::slots))
            slots.push_back(
                {row.text("name"), row.flag("is_active"), row.text("wal_status"), row.optional_number("kept")});
        return slots;
    });
}

ServerFacts read_server(Reader& reader, int version) {
    ServerFacts facts;
    facts.version = version;
    facts.parameters = see(reader.connection(), [&] { return read_parameters(reader); });
    facts.trees = see(reader.connection(), [&] { return read_partition_trees(reader); });
    facts.slots = read_slots(reader);
    facts.event_triggers = see(reader.connection(), [&] {
        std::vector<db::EventTrigger> triggers;
        for (const db::Row& row : reader.rows(db::statements::event_triggers))
            triggers.push_back(
                {row.text("name"), row.text("event"), row.name("function_schema", "function_name"), row.text("tags")});
        return triggers;
    });
    return facts;
}

namespace {

std::string set_parameter(const std::string& name, const std::string& value) {
    return fmt::format("ALTER SYSTEM SET {} = {}; or in the provider's server parameters", name,
                       sql::quote_literal(value));
}

void judge_parameters(const Parameters& running, const config::DoctorConfig& expected, Check& check) {
    std::size_t equal = 0;
    for (const auto& [name, wanted] : expected.parameters) {
        const auto found = running.find(name);
        if (found == running.end()) {
            check.add(Severity::warning, name,
                      fmt::format("the server has no parameter {} that this role can see", name),
                      "see how it is written, or GRANT pg_read_all_settings");
            continue;
        }
        const Parameter& parameter = found->second;
        if (is_same_value(wanted, parameter.setting, parameter.unit, parameter.type)) {
            ++equal;
            continue;
        }
        check.add(Severity::warning, name,
                  fmt::format("{} is {}, and should be {}{}", name, parameter_text(parameter.setting, parameter.unit),
                              wanted, parameter.pending_restart ? "; a change waits for a restart" : ""),
                  set_parameter(name, wanted));
    }
    check.found = expected.parameters.empty()
                      ? "none is stated in [doctor.parameters]"
                      : fmt::format("{} of {} as stated", equal, counted(expected.parameters.size(), "parameter"));
}

void judge_restart(const Parameters& running, Check& check) {
    for (const auto& [name, parameter] : running)
        if (parameter.pending_restart)
            check.add(Severity::warning, name,
                      fmt::format("{} was changed, and the server still runs with {}", name,
                                  parameter_text(parameter.setting, parameter.unit)),
                      "restart the server in a maintenance window");
}

/// Until 19 the lock table has room for about twice as many as it says; since then for what it says.
constexpr int exact_lock_table = 190000;

Check check_locks(const ServerFacts& server) {
    constexpr std::string_view code = "server.max_locks";
    if (!server.parameters.facts)
        return not_seen(code, server.parameters.why_not, server.parameters.remedy);
    return check_seen(code, server.trees, [&](const std::vector<PartitionTree>& trees, Check& check) {
        const Parameters& running = *server.parameters.facts;
        if (trees.empty()) {
            check.found = "no partitioned table";
            return;
        }
        const PartitionTree& largest = trees.front();
        const double per_session = parameter_number(running, "max_locks_per_transaction");
        const double sessions = parameter_number(running, "max_connections");
        const double locks = per_session * (sessions + parameter_number(running, "max_prepared_transactions"));
        const auto at_once = static_cast<std::int64_t>(locks / static_cast<double>(largest.locks));
        const auto wanted = std::max<std::int64_t>(2, static_cast<std::int64_t>(sessions / 10));
        check.found = fmt::format("room for {:.0f} locks; reading all of {} takes {}", locks,
                                  sql::quoted(largest.table), largest.locks);
        if (at_once >= wanted)
            return;
        const double factor = server.version >= exact_lock_table ? 2 : 1;
        const double enough =
            std::ceil(static_cast<double>(wanted * largest.locks) * factor / std::max(sessions, 1.0) / 64) * 64;
        check.add(
            at_once < 2 ? Severity::error : Severity::warning, sql::quoted(largest.table),
            fmt::format("a query that reads every partition of {} locks {} tables and indexes ({}); the server has "
                        "room for {:.0f} locks, so {} such {} at once; the next one fails with \"out of shared "
                        "memory\"",
                        sql::quoted(largest.table), largest.locks, counted(largest.partitions, "partition"), locks,
                        counted(at_once, "query", "queries"), at_once == 1 ? "runs" : "run"),
            fmt::format("{} (needs a restart; a standby needs it first), or name the partition key in such queries",
                        set_parameter("max_locks_per_transaction", fmt::format("{:.0f}", enough))));
    });
}

void judge_work_mem(const Parameters& running, const config::DoctorConfig& expected, Check& check) {
    const double work_mem = parameter_number(running, "work_mem");
    const double connections = parameter_number(running, "max_connections");
    const double shared = parameter_number(running, "shared_buffers");
    const double all = work_mem * connections + shared;
    const auto bytes = [](double value) { return bytes_text(static_cast<std::int64_t>(value)); };
    check.found = fmt::format("work_mem {} x {:.0f} connections + shared_buffers {} = {}", bytes(work_mem), connections,
                              bytes(shared), bytes(all));
    if (expected.memory == 0) {
        check.found += "; `memory` is not stated in [doctor]";
        return;
    }
    const auto memory = static_cast<double>(expected.memory);
    if (all > memory)
        check.add(
            Severity::warning, "work_mem",
            fmt::format("if every one of {:.0f} connections sorts once, with {} of work_mem, they need {} with "
                        "shared_buffers, and the machine has {}",
                        connections, bytes(work_mem), bytes(all), bytes(memory)),
            set_parameter("work_mem",
                          fmt::format("{:.0f}MB", std::max(4.0, std::floor((memory - shared) /
                                                                           std::max(connections, 1.0) / 1048576)))));
}

Check check_slot_wal(const ServerFacts& server) {
    constexpr std::string_view code = "server.slot_wal";
    if (!server.parameters.facts)
        return not_seen(code, server.parameters.why_not, server.parameters.remedy);
    return check_seen(code, server.slots, [&](const std::vector<Slot>& slots, Check& check) {
        const double limit = parameter_number(*server.parameters.facts, "max_slot_wal_keep_size");
        check.found = fmt::format("{}, {}", counted(slots.size(), "slot"), limit < 0 ? "no limit" : "limited");
        if (limit < 0 && !slots.empty())
            check.add(
                Severity::warning, "max_slot_wal_keep_size",
                fmt::format("the server has {}, and max_slot_wal_keep_size is -1: when one of them is not read any "
                            "more, WAL fills the disk",
                            counted(slots.size(), "replication slot")),
                set_parameter("max_slot_wal_keep_size", "20GB") + " (less than the disk has free)");
    });
}

void judge_event_triggers(const std::vector<db::EventTrigger>& triggers, Check& check) {
    check.found = counted(triggers.size(), "event trigger");
    for (const db::EventTrigger& trigger : triggers)
        check.add(Severity::note, sql::quote_ident(trigger.name),
                  fmt::format("event trigger {} calls {} at {}{}", sql::quote_ident(trigger.name),
                              sql::quoted(trigger.function), trigger.event,
                              trigger.tags.empty() ? "" : " of " + trigger.tags),
                  "see that it lets tripmig's DDL pass: `tripmig up --dry-run` and `partition maintain --dry-run` show "
                  "it");
}

}  // namespace

std::vector<Check> check_server(const ServerFacts& server, const config::DoctorConfig& expected) {
    return {
        check_seen("server.parameters", server.parameters,
                   [&](const Parameters& running, Check& check) { judge_parameters(running, expected, check); }),
        check_seen("server.pending_restart", server.parameters, judge_restart),
        check_locks(server),
        check_seen("server.work_mem", server.parameters,
                   [&](const Parameters& running, Check& check) { judge_work_mem(running, expected, check); }),
        check_slot_wal(server),
        check_seen("server.event_triggers", server.event_triggers, judge_event_triggers),
    };
}

}  // namespace tripmig::doctor
