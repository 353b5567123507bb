#include <fmt/format.h>

#include "lint/hazards/hazards.hpp"

namespace tripmig::lint::hazards {

namespace {

void create_index(LintContext& context, const sql::IndexDefinition& index) {
    const std::string table = context.schema.key(index.table);
    if (index.is_concurrent || !context.is_existing(table) || context.effects.scans.empty())
        return;
    context.add("create-index", fmt::format("writes to {} are blocked (SHARE) until the index is built", table),
                "CREATE INDEX CONCURRENTLY, in a file of its own");
}

void drop_index(LintContext& context, const sql::DropIndex& drop) {
    if (drop.is_concurrent)
        return;
    for (const sql::NameParts& name : drop.names) {
        const KnownIndex* index = context.schema.index(context.schema.key(name));
        if (index != nullptr && !context.is_existing(index->table))
            continue;
        const std::string table = index == nullptr ? "the index's table" : index->table;
        const bool takes_back =
            context.file.kind == FileKind::undo && index != nullptr && index->made_in == context.file.undoes;
        context.add("drop-index", fmt::format("DROP INDEX takes ACCESS EXCLUSIVE on {}: reads wait too", table),
                    "DROP INDEX CONCURRENTLY, in a file of its own", 0, takes_back ? Level::note : Level::warning);
        return;
    }
}

}  // namespace

void check_index(LintContext& context) {
    const sql::Facts& facts = *context.statement.facts;
    if (facts.index)
        create_index(context, *facts.index);
    if (facts.drop_index)
        drop_index(context, *facts.drop_index);
    if (context.kind() == "reindex" && !facts.is_concurrent)
        context.add("reindex", "writes wait until the indexes are built, and so do reads that would use one of them",
                    "REINDEX ... CONCURRENTLY, in a file of its own");
}

}  // namespace tripmig::lint::hazards
