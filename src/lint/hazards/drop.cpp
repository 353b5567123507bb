#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"

namespace tripmig::lint::hazards {

namespace {

bool is_relation_drop(const std::string& kind) {
    return kind == "drop table" || kind == "drop view" || kind == "drop materialized view" ||
           kind == "drop foreign table";
}

/// Comes again later in the same file.
bool is_made_again(const LintContext& context, const std::string& key) {
    const auto made = context.file.creates.find(key);
    return made != context.file.creates.end() && made->second > context.number;
}

void drop_relation(LintContext& context, const NameList& list) {
    for (const sql::NameParts& name : list.names) {
        const std::string key = context.schema.key(name);
        if (!context.is_existing(key) || context.is_undone(key) || is_made_again(context, key))
            continue;
        context.add("drop-table", fmt::format("the running version may still use {}", key),
                    "first release a version that does not use it; if in doubt, rename it for a while");
    }
}

}  // namespace

void check_drop(LintContext& context) {
    const std::string& kind = context.kind();
    if (kind.rfind("drop ", 0) != 0)
        return;
    const NameList list = drop_list(context.statement.sql, *context.statement.facts);
    if (is_relation_drop(kind))
        drop_relation(context, list);
    else if (kind == "drop schema")
        context.add("drop-table", "the running version may still use what is in the schema",
                    "first release a version that does not use it");
    else if (kind == "drop database")
        context.add("drop-database", "this migration drops a database", "drop it by hand");
    if (list.is_cascade)
        context.add("drop-cascade", "CASCADE also drops everything that depends on it, in other schemas too",
                    "drop the dependent objects first, by name");
}

}  // namespace tripmig::lint::hazards
