#include <fmt/format.h>

#include <algorithm>

#include "lint/hazards/hazards.hpp"

namespace tripmig::lint::hazards {

namespace {

using Control = sql::TransactionControl;

bool is_savepoint(Control control) {
    return control == Control::savepoint || control == Control::release || control == Control::rollback_to_savepoint;
}

void mixed(LintContext& context) {
    const sql::Facts& facts = *context.statement.facts;
    const bool is_part = facts.is_transactional && facts.control == Control::none && facts.kind != "set" &&
                         facts.kind != "reset" && facts.kind != "select" && facts.kind != "comment";
    if (!context.file.has_concurrent || !is_part || context.file.told_mixed)
        return;
    context.file.told_mixed = true;
    context.add(
        "concurrently-mixed",
        "because of CONCURRENTLY this file is not one transaction: if it fails half way, this statement stays done",
        "put CONCURRENTLY into a file of its own");
}

void control(LintContext& context) {
    const Control control = context.statement.facts->control;
    // of a file that is one block only a BEGIN with modes is left
    if (control == Control::none || is_savepoint(control) || context.file.is_transactional || context.file.told_control)
        return;
    context.file.told_control = true;
    context.add("transaction-control",
                fmt::format("{}: the file runs one statement at a time, and can stop half way", context.kind()),
                "remove it: each file is one transaction; or split the file where it commits");
}

bool is_slow(const LintContext& context) {
    const auto is_existing = [&](const TablePass& pass) { return context.is_existing(pass.table); };
    return std::any_of(context.effects.rewrites.begin(), context.effects.rewrites.end(), is_existing) ||
           std::any_of(context.effects.scans.begin(), context.effects.scans.end(), is_existing);
}

void held(LintContext& context) {
    OpenTransaction& open = context.file.transaction;
    constexpr std::size_t many = 20;
    if (open.strong.empty() || open.told_lock_held)
        return;
    const OpenTransaction::Held& first = open.strong.front();
    const bool is_long = context.number - first.statement >= many;
    if (!is_slow(context) && !is_long)
        return;
    open.told_lock_held = true;
    context.add(
        "lock-held",
        is_long
            ? fmt::format("{} has been locked ({}) since line {}, for more than {} statements", first.table,
                          to_string(first.mode), first.line, many)
            : fmt::format("{} has been locked ({}) since line {}, and stays locked while this reads or writes a table",
                          first.table, to_string(first.mode), first.line),
        "split the file: a lock is held until its transaction ends");
}

void count_locks(LintContext& context) {
    OpenTransaction& open = context.file.transaction;
    for (const TableLock& lock : context.effects.locks) {
        const KnownTable* known = context.schema.table(lock.relation);
        const bool is_table =
            known == nullptr ? context.schema.index(lock.relation) == nullptr : known->kind == KnownTable::Kind::table;
        if (lock.mode < LockMode::share || !is_table || !context.is_existing(lock.relation))
            continue;
        const auto is_other = [&](const OpenTransaction::Held& held) {
            return held.mode == LockMode::access_exclusive && held.table != lock.relation &&
                   held.statement != context.number;
        };
        const bool is_second =
            lock.mode == LockMode::access_exclusive && std::any_of(open.strong.begin(), open.strong.end(), is_other);
        open.strong.push_back({lock.relation, lock.mode, context.number, context.statement.line});
        if (!is_second || open.told_many_locks || context.file.kind == FileKind::undo)
            continue;
        open.told_many_locks = true;
        const auto first = std::find_if(open.strong.begin(), open.strong.end(), is_other);
        context.add("many-locks",
                    fmt::format("{} is locked against everybody while {} is locked too (line {}): a deadlock with any "
                                "transaction that takes them in the other order",
                                lock.relation, first->table, first->line),
                    "use one file per table");
    }
}

}  // namespace

void begin_transaction(LintContext& context) {
    FileState& file = context.file;
    const Control control = context.statement.facts->control;
    if (!file.is_transactional && !file.is_in_block)
        file.transaction = {};
    if (control == Control::begin)
        file.is_in_block = true;
    else if (control != Control::none && !is_savepoint(control))
        file.is_in_block = false;
}

void check_transaction(LintContext& context) {
    mixed(context);
    control(context);
    held(context);
    count_locks(context);
}

}  // namespace tripmig::lint::hazards
