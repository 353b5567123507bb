#include "job/locks/blockers.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "ddl/statement_step.hpp"
#include "job/statements.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace chr = std::chrono;

namespace {

/// Those that are wanted as strongly as that, or those that are wanted less.
std::string names_of(const std::vector<LockRequest>& locks, bool exclusively) {
    std::vector<std::string> names;
    for (const LockRequest& lock : locks)
        if ((lock.mode == LockMode::access_exclusive) == exclusively)
            names.push_back(sql::quoted(lock.relation));
    return db::joined_list(names);
}

/// Autovacuum gives up its lock for whoever waits longer than deadlock_timeout. A cut-over attempt never waits that
/// long; SHARE UPDATE EXCLUSIVE can, since no reader or writer queues behind it.
void ask_autovacuum_to_leave(Session& server, const std::vector<LockRequest>& locks) {
    const db::LockPolicy policy = server.executor().policy();
    db::LockPolicy patient = policy;
    patient.lock_timeout = chr::seconds(3);
    patient.lock_deadline = chr::milliseconds(0);
    server.executor().set_policy(patient);
    for (const LockRequest& lock : locks) {
        if (!lock.sql.empty())
            continue;  // a view: nothing to vacuum
        Unit unit;
        unit.name = fmt::format("make autovacuum leave {}", sql::quoted(lock.relation));
        unit.steps.push_back(
            ddl::statement(fmt::format("LOCK TABLE ONLY {} IN SHARE UPDATE EXCLUSIVE MODE", sql::quoted(lock.relation)),
                           "autovacuum gives way to it, and others do not wait"));
        try {
            server.executor().run(unit);
        } catch (const db::LockTimeout&) {
            continue;  // it did not leave: the next look tells
        }
    }
    server.executor().set_policy(policy);
}

db::LockTimeout too_late(const Unit& unit, const Blockers& blockers) {
    const std::string who = blockers.text();
    return {Error(ExitCode::lock_deadline, fmt::format("{}: no attempt was possible because of {}", unit.name, who),
                  "this attempt changed nothing; run it again at a quieter time, end what holds the lock, or raise "
                  "cutover_deadline in [swap]"),
            who};
}

}  // namespace

std::string Blockers::text() const {
    std::string text;
    for (const Transaction& each : who)
        text += (text.empty() ? "" : "; ") + each.text;
    return text;
}

bool Blockers::is_only_autovacuum() const {
    return std::all_of(who.begin(), who.end(), [](const Transaction& each) { return each.is_autovacuum; });
}

void TransactionAges::leave_out_young(Blockers& blockers, chr::milliseconds age, TimePoint now) {
    const TimePoint unseen = m_has_looked ? now : TimePoint::min();
    std::map<std::string, TimePoint> seen;
    std::vector<Blockers::Transaction> old;
    for (Blockers::Transaction& each : blockers.who) {
        if (each.unknown) {
            const auto known = m_since.find(*each.unknown);
            const TimePoint since = known == m_since.end() ? unseen : known->second;
            seen.emplace(*each.unknown, since);
            if (since != TimePoint::min() && now - since < age)
                continue;
        }
        old.push_back(std::move(each));
    }
    blockers.who = std::move(old);
    m_since = std::move(seen);
    m_has_looked = true;
}

Blockers find_blockers(db::Session& session, const std::vector<LockRequest>& locks, chr::milliseconds age) {
    Blockers blockers;
    for (const db::Row& row :
         session.read(std::string(statements::old_transactions),
                      {names_of(locks, true), names_of(locks, false), fmt::format("{}", age.count())}))
        blockers.who.push_back({row.text("blocker"), row.flag("is_autovacuum"), row.optional_text("unknown")});
    return blockers;
}

void wait_for_blockers(Session& server, const Unit& unit, chr::steady_clock::time_point deadline) {
    const chr::milliseconds age = server.config().swap.blocker_age;
    TransactionAges acquaintances;
    std::string told;
    for (;;) {
        server.stop().check();
        Blockers blockers = find_blockers(server.session(), unit.lock_first, age);
        acquaintances.leave_out_young(blockers, age, server.clock().steady());
        server.live_status().waits_for(blockers.who.empty() ? std::string() : blockers.text());
        if (blockers.who.empty())
            return;
        if (server.clock().steady() >= deadline) {
            if (blockers.is_only_autovacuum())
                return;  // the last attempt tells who else is in the way
            throw too_late(unit, blockers);
        }
        if (told.empty()) {
            told = blockers.text();
            Event event{Severity::info, "swap.blocked", {}, {}, {}};
            event.message = fmt::format("{} waits for {}", unit.name, told);
            event.fields = {{"blockers", told}};
            server.reporter().emit(event);
        }
        if (blockers.is_only_autovacuum())
            ask_autovacuum_to_leave(server, unit.lock_first);
        else
            server.stop().wait_for(chr::milliseconds(100));
    }
}

}  // namespace tripmig::job
