#include <fmt/format.h>

#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate::hazards {

namespace {

bool is_relation_drop(const std::string& kind) {
    return kind == "drop table" || kind == "drop view" || kind == "drop materialized view" ||
           kind == "drop foreign table";
}

/// Comes again later in the same file.
bool is_made_again(const Sight& sight, const std::string& key) {
    const auto made = sight.file.creates.find(key);
    return made != sight.file.creates.end() && made->second > sight.number;
}

void drop_relation(Sight& sight, const NameList& list) {
    for (const sql::NameParts& name : list.names) {
        const std::string key = sight.schema.key(name);
        if (!sight.is_existing(key) || sight.is_undone(key) || is_made_again(sight, key))
            continue;
        sight.add("drop-table", fmt::format("the running version may still use {}", key),
                  "release a version first that does not use it; rename it away for a while when in doubt");
    }
}

}  // namespace

void drop(Sight& sight) {
    const std::string& kind = sight.kind();
    if (kind.rfind("drop ", 0) != 0)
        return;
    const NameList list = drop_list(sight.statement.sql, *sight.statement.facts);
    if (is_relation_drop(kind))
        drop_relation(sight, list);
    else if (kind == "drop schema")
        sight.add("drop-table", "the running version may still use what is in the schema",
                  "release a version first that does not use it");
    else if (kind == "drop database")
        sight.add("drop-database", "a migration that drops a database", "do it by hand");
    if (list.is_cascade)
        sight.add("drop-cascade", "CASCADE drops whatever hangs on it, in other schemas, too",
                  "name what is to go, and drop it before");
}

}  // namespace tripmig::migrate::hazards
