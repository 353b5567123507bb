#include "swap/dropped_keys.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/error.hpp"
#include "job/choices.hpp"
#include "sql/identifier.hpp"

namespace tripmig::swap {

namespace {

using config::IncomingForeignKeys;

bool is_among(const std::vector<db::IncomingKey>& keys, const db::IncomingKey& key) {
    return std::any_of(keys.begin(), keys.end(), [&](const db::IncomingKey& each) { return each.is_same_as(key); });
}

bool is_named(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

/// As a shell reads it back.
std::string word(const std::string& text) {
    constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.,-";
    if (text.find_first_not_of(plain) == std::string::npos)
        return text;
    std::string quoted = "'";
    for (const char each : text)
        quoted += each == '\'' ? std::string("'\\''") : std::string(1, each);
    return quoted + "'";
}

/// What a policy file would have said.
std::string flags_of(const config::PartitionPolicy& policy) {
    std::string flags;
    if (policy.file.empty())
        flags += fmt::format(" --key {} --interval {}", word(sql::quote_ident(policy.key)),
                             word(job::interval_text(policy.interval)));
    if (policy.swap.strategy == config::SwapStrategy::copy)
        flags += " --strategy copy";
    if (policy.swap.unique_indexes == config::UniqueIndexes::key)
        flags += " --unique-indexes key";
    if (policy.swap.unique_indexes == config::UniqueIndexes::leaf)
        flags += " --unique-indexes leaf";
    return flags;
}

}  // namespace

std::string described(const db::IncomingKey& key) {
    return fmt::format("{}.{}", sql::quoted(key.table), sql::quote_ident(key.name));
}

std::vector<db::IncomingKey> unnamed_keys(const std::vector<db::IncomingKey>& keys,
                                          const std::vector<db::IncomingKey>& agreed,
                                          const config::PartitionPolicy& policy) {
    std::vector<db::IncomingKey> unnamed;
    if (policy.swap.incoming_foreign_keys == IncomingForeignKeys::drop)
        for (const db::IncomingKey& key : keys)
            if (!is_named(policy.swap.dropped_keys, key.name) && !is_among(agreed, key))
                unnamed.push_back(key);
    return unnamed;
}

std::string command_naming(const std::vector<db::IncomingKey>& keys, const config::PartitionPolicy& policy) {
    std::vector<std::string> names;
    for (const db::IncomingKey& key : keys)
        if (!is_named(names, key.name))
            names.push_back(key.name);
    return fmt::format("tripmig swap run {}{} --incoming-foreign-keys drop --drop-foreign-keys {}",
                       word(sql::quoted(policy.table)), flags_of(policy),
                       word(fmt::format("{}", fmt::join(names, ","))));
}

void require_named(const std::vector<db::IncomingKey>& keys, const std::vector<db::IncomingKey>& agreed,
                   const config::PartitionPolicy& policy) {
    const auto is_there = [&](const std::string& name) {
        const auto has_name = [&](const db::IncomingKey& key) { return key.name == name; };
        return std::any_of(keys.begin(), keys.end(), has_name) || std::any_of(agreed.begin(), agreed.end(), has_name);
    };
    for (const std::string& name : policy.swap.dropped_keys)
        if (policy.swap.incoming_foreign_keys != IncomingForeignKeys::drop || !is_there(name))
            throw Error(
                ExitCode::refused,
                fmt::format("--drop-foreign-keys names {}, which is not a foreign key that would be dropped",
                            sql::quote_ident(name)),
                fmt::format("`tripmig swap plan {}` lists those that reference the table", sql::quoted(policy.table)));
    const std::vector<db::IncomingKey> unnamed = unnamed_keys(keys, agreed, policy);
    if (unnamed.empty())
        return;
    std::string names;
    for (const db::IncomingKey& key : unnamed)
        names += (names.empty() ? "" : ", ") + described(key);
    throw Error(
        ExitCode::refused,
        fmt::format("{} would be dropped, and nothing would check their rows any more: confirm it by name", names),
        command_naming(keys, policy));
}

void record_dropped_foreign_keys(const db::TableInfo& table, const config::PartitionPolicy& policy, job::State& state) {
    require_named(table.incoming, state.swap().dropped, policy);
    const auto is_agreed = [&](const db::IncomingKey& key) {
        return std::any_of(state.swap().dropped.begin(), state.swap().dropped.end(),
                           [&](const db::IncomingKey& each) { return each.is_same_as(key); });
    };
    if (state.swap().has_registry && state.swap().incoming != config::IncomingForeignKeys::composite)
        return;
    if (policy.swap.incoming_foreign_keys != config::IncomingForeignKeys::drop)
        for (const db::IncomingKey& key : table.incoming)
            if (!is_agreed(key))
                throw Error(
                    ExitCode::refused,
                    fmt::format("{} was created after the swap began, which does not handle it", described(key)),
                    fmt::format("drop it, or `tripmig swap abort {}` and start again", sql::quoted(table.name)));
    state.edit_swap().dropped = table.incoming;
}

}  // namespace tripmig::swap
