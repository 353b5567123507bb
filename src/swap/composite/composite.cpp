#include "swap/composite/composite.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/composite_steps.hpp"
#include "ddl/constraint_phases.hpp"
#include "ddl/statement_step.hpp"
#include "job/replacement.hpp"
#include "job/state/journal.hpp"
#include "sql/identifier.hpp"

namespace tripmig::swap {

std::vector<job::CompositePart> composite_parts(const db::TableInfo& table, const std::string& key,
                                                const std::map<QualifiedName, db::TableInfo>& children,
                                                const std::vector<job::CompositePart>& known) {
    std::vector<job::CompositePart> parts;
    for (const db::IncomingKey& incoming : table.incoming) {
        const auto same = std::find_if(known.begin(), known.end(), [&](const job::CompositePart& part) {
            return incoming.is_called(part.table, part.name);
        });
        if (same != known.end()) {
            parts.push_back(*same);
            continue;
        }
        job::CompositePart part{incoming.table, incoming.name, ddl::companion_column(incoming, key)};
        if (const auto child = children.find(incoming.table); child != children.end())
            part.adds_column = child->second.column(part.column) == nullptr;
        parts.push_back(std::move(part));
    }
    return parts;
}

Step column_is_free(const ddl::CompositeKey& composite) {
    return ddl::check(
        fmt::format("SELECT NOT EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = {}::pg_catalog.regclass "
                    "AND attname = {} AND NOT attisdropped)",
                    sql::quote_literal(sql::quoted(composite.key.table)), sql::quote_literal(composite.column)),
        fmt::format("{} got a column {} after the swap began: rename it, or `tripmig swap abort {}` and start again",
                    sql::quoted(composite.key.table), sql::quote_ident(composite.column),
                    sql::quoted(composite.parent)));
}

Unit begin_composite_unit(const job::WorkContext& context) {
    const ddl::CompositeKey& composite = context.replacement.composite.at(context.composite);
    job::State state = context.state;
    state.edit_swap().composite.at(context.composite).next_block = 0;
    Unit unit;
    unit.name =
        fmt::format("add column {1} to {0}", sql::quoted(composite.key.table), sql::quote_ident(composite.column));
    unit.lock_first = {{composite.parent, LockMode::share_row_exclusive},
                       {composite.key.table, LockMode::access_exclusive}};
    if (composite.adds_column &&
        context.state.swap().composite.at(context.composite).next_block == job::CompositePart::not_begun)
        unit.steps.push_back(column_is_free(composite));
    ddl::append(unit.steps, ddl::begin_composite(composite));
    unit.steps.push_back(ddl::drop_interim_key(composite));
    unit.steps.push_back(ddl::add_interim_key(composite));
    unit.steps.push_back(job::journal(state, context.state_schema));
    return unit;
}

Unit validate_composite_unit(const job::WorkContext& context) {
    const ddl::CompositeKey& composite = context.replacement.composite.at(context.composite);
    Unit unit;
    unit.name =
        fmt::format("validate column {} of {}", sql::quote_ident(composite.column), sql::quoted(composite.key.table));
    unit.steps = {ddl::validate_constraint(composite.key.table, composite.interim_name(),
                                           "every row has the partition key of the row that it references"),
                  job::journal(context.state, context.state_schema)};
    return unit;
}

std::vector<Step> drop_composite(const db::TableInfo& parent, const job::State& state) {
    std::vector<Step> steps;
    for (const db::IncomingKey& key : parent.incoming)
        if (std::any_of(state.swap().composite.begin(), state.swap().composite.end(),
                        [&](const job::CompositePart& part) { return key.is_called(part.table, part.name); }))
            steps.push_back(ddl::drop_incoming_key(key));
    return steps;
}

std::vector<Step> end_composite(const db::TableInfo& parent, const job::State& state) {
    std::vector<Step> steps;
    for (const ddl::CompositeKey& composite : job::composite_keys(parent, state))
        ddl::append(steps, ddl::end_composite(composite));
    return steps;
}

}  // namespace tripmig::swap
