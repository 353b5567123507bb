#include "job/copy/outside_keys.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "job/replacement.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

std::optional<OutsideKeysFound> find_outside_keys(const QualifiedName& table, const std::string& key, ddl::KeyType type,
                                                  const ddl::KeyFacts& facts, bool are_early_kept) {
    const std::string column = sql::quote_ident(key);
    std::string examples;
    std::string conditions;
    std::int64_t rows = 0;
    const auto add = [&](const ddl::OutsideKeys& keys, const std::optional<std::string>& condition) {
        if (keys.rows == 0 || !condition)
            return;
        rows += keys.rows;
        examples += (examples.empty() ? "" : ", ") + keys.example;
        conditions += fmt::format("{}{}", conditions.empty() ? "" : " OR ", *condition);
    };
    if (!are_early_kept)
        add(facts.early, ddl::before_calendar(type, column));
    add(facts.late, ddl::after_calendar(type, column));
    if (rows == 0)
        return std::nullopt;
    return OutsideKeysFound{
        fmt::format("is outside the years 1 to 9999 in {}, for which no partition can be created: {}",
                    ddl::rows_text(rows), examples),
        fmt::format("correct these rows: SELECT * FROM {} WHERE {}", sql::quoted(table), conditions)};
}

void require_partitions_possible(const State& state, const ddl::KeyFacts& facts) {
    if (state.does(PartitionVerb::merge) || state.does(PartitionVerb::drain))
        return;  // the one partition holds what its sources held; DEFAULT what no other does
    const std::string key = sql::quote_ident(state.key);
    if (state.is<PartitionJob>() && facts.nulls > 0)
        throw Error(ExitCode::refused,
                    fmt::format("{}: {} is NULL in {}, which belong to no partition", sql::quoted(state.table), key,
                                ddl::rows_text(facts.nulls)),
                    "give these rows a value first, then run the same command again");
    if (state.is<CopyJob>() && state.outliers() != config::Outliers::own)
        return;  // they are outliers, which have their place
    if (const auto found = find_outside_keys(state.table, state.key, key_type_of(state), facts, !state.copies()))
        throw Error(ExitCode::refused, fmt::format("{}: {} {}", sql::quoted(state.table), key, found->message),
                    found->hint + "; then run the same command again");
}

}  // namespace tripmig::job
