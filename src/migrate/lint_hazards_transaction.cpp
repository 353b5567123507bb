#include <fmt/format.h>

#include <algorithm>

#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate::hazards {

namespace {

using Control = sql::TransactionControl;

bool is_savepoint(Control control) {
    return control == Control::savepoint || control == Control::release || control == Control::rollback_to_savepoint;
}

void mixed(Sight& sight) {
    const sql::Facts& facts = *sight.statement.facts;
    const bool is_part = facts.is_transactional && facts.control == Control::none && facts.kind != "set" &&
                         facts.kind != "reset" && facts.kind != "select" && facts.kind != "comment";
    if (!sight.file.has_concurrent || !is_part || sight.file.told_mixed)
        return;
    sight.file.told_mixed = true;
    sight.add("concurrently-mixed",
              "CONCURRENTLY in this file takes its transaction away: when it fails half way, this is done already",
              "put CONCURRENTLY into a file of its own");
}

void control(Sight& sight) {
    const Control control = sight.statement.facts->control;
    // of a file that is one block only a BEGIN with modes is left
    if (control == Control::none || is_savepoint(control) || sight.file.is_transactional || sight.file.told_control)
        return;
    sight.file.told_control = true;
    sight.add("transaction-control",
              fmt::format("{}: the file runs a statement at a time, and can stop half way", sight.kind()),
              "leave it out: each file is one transaction; or split the file where it commits");
}

bool is_slow(const Sight& sight) {
    const auto is_existing = [&](const TablePass& pass) { return sight.is_existing(pass.table); };
    return std::any_of(sight.effects.rewrites.begin(), sight.effects.rewrites.end(), is_existing) ||
           std::any_of(sight.effects.scans.begin(), sight.effects.scans.end(), is_existing);
}

void held(Sight& sight) {
    OpenTransaction& open = sight.file.transaction;
    constexpr std::size_t many = 20;
    if (open.strong.empty() || open.told_lock_held)
        return;
    const OpenTransaction::Held& first = open.strong.front();
    const bool is_long = sight.number - first.statement >= many;
    if (!is_slow(sight) && !is_long)
        return;
    open.told_lock_held = true;
    sight.add("lock-held",
              is_long ? fmt::format("{} is locked ({}) since line {}, over more than {} statements", first.table,
                                    to_string(first.mode), first.line, many)
                      : fmt::format("{} is locked ({}) since line {} and stays so while this reads or writes a table",
                                    first.table, to_string(first.mode), first.line),
              "split the file: a lock is held until its transaction ends");
}

void count_locks(Sight& sight) {
    OpenTransaction& open = sight.file.transaction;
    for (const TableLock& lock : sight.effects.locks) {
        const KnownTable* known = sight.schema.table(lock.relation);
        const bool is_table =
            known == nullptr ? sight.schema.index(lock.relation) == nullptr : known->kind == KnownTable::Kind::table;
        if (lock.mode < LockMode::share || !is_table || !sight.is_existing(lock.relation))
            continue;
        const auto is_other = [&](const OpenTransaction::Held& held) {
            return held.mode == LockMode::access_exclusive && held.table != lock.relation &&
                   held.statement != sight.number;
        };
        const bool is_second =
            lock.mode == LockMode::access_exclusive && std::any_of(open.strong.begin(), open.strong.end(), is_other);
        open.strong.push_back({lock.relation, lock.mode, sight.number, sight.statement.line});
        if (!is_second || open.told_many_locks || sight.file.kind == migrate::Kind::undo)
            continue;
        open.told_many_locks = true;
        const auto first = std::find_if(open.strong.begin(), open.strong.end(), is_other);
        sight.add(
            "many-locks",
            fmt::format("{} is locked against everybody while {} is, too (line {}): a deadlock with whoever takes "
                        "them the other way round",
                        lock.relation, first->table, first->line),
            "a file for each table");
    }
}

}  // namespace

void enter(Sight& sight) {
    FileState& file = sight.file;
    const Control control = sight.statement.facts->control;
    if (!file.is_transactional && !file.is_in_block)
        file.transaction = {};
    if (control == Control::begin)
        file.is_in_block = true;
    else if (control != Control::none && !is_savepoint(control))
        file.is_in_block = false;
}

void transaction(Sight& sight) {
    mixed(sight);
    control(sight);
    held(sight);
    count_locks(sight);
}

}  // namespace tripmig::migrate::hazards
