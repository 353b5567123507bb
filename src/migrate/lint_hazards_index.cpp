#include <fmt/format.h>

#include "migrate/lint_hazards.hpp"

namespace tripmig::migrate::hazards {

namespace {

void create_index(Sight& sight, const sql::IndexDefinition& index) {
    const std::string table = sight.schema.key(index.table);
    if (index.is_concurrent || !sight.is_existing(table) || sight.effects.scans.empty())
        return;
    sight.add("create-index", fmt::format("{} refuses writes (SHARE) until the index is built", table),
              "CREATE INDEX CONCURRENTLY, in a file of its own");
}

void drop_index(Sight& sight, const sql::DropIndex& drop) {
    if (drop.is_concurrent)
        return;
    for (const sql::NameParts& name : drop.names) {
        const KnownIndex* index = sight.schema.index(sight.schema.key(name));
        if (index != nullptr && !sight.is_existing(index->table))
            continue;
        const std::string table = index == nullptr ? "the index's table" : index->table;
        const bool takes_back =
            sight.file.kind == Kind::undo && index != nullptr && index->made_in == sight.file.undoes;
        sight.add("drop-index", fmt::format("DROP INDEX takes ACCESS EXCLUSIVE on {}: reads wait, too", table),
                  "DROP INDEX CONCURRENTLY, in a file of its own", 0, takes_back ? Level::note : Level::warning);
        return;
    }
}

}  // namespace

void index(Sight& sight) {
    const sql::Facts& facts = *sight.statement.facts;
    if (facts.index)
        create_index(sight, *facts.index);
    if (facts.drop_index)
        drop_index(sight, *facts.drop_index);
    if (sight.kind() == "reindex" && !facts.is_concurrent)
        sight.add("reindex", "writes wait until the indexes are built, and so do reads that would use one of them",
                  "REINDEX ... CONCURRENTLY, in a file of its own");
}

}  // namespace tripmig::migrate::hazards
