#include "sql/facts/fact_reader.hpp"

namespace tripmig::sql::fact_reader {

/// CREATE [UNIQUE] INDEX [CONCURRENTLY] [[IF NOT EXISTS] name] ON [ONLY] table [*] tail (manual, CREATE INDEX).
void read_create_index(std::string_view statement, bool is_unique, TokenCursor& cursor, Facts& facts) {
    IndexDefinition index;
    index.is_unique = is_unique;
    index.is_concurrent = facts.is_concurrent = cursor.take_word("concurrently");
    index.if_not_exists = cursor.take_words("if", "not", "exists");
    if (!cursor.peek().is_word("on")) {
        facts.target = cursor.take_name();
        if (!facts.target.empty())
            index.name = facts.target.back();
    }
    if (index.is_concurrent)
        refuse_transaction(facts, "CREATE INDEX CONCURRENTLY cannot run inside a transaction block");
    if (!cursor.take_word("on"))
        return;
    index.is_only = cursor.take_word("only");
    index.table = cursor.take_name();
    if (cursor.peek().text == "*")
        cursor.take();
    index.tail = statement.substr(cursor.offset());
    if (!index.table.empty())
        facts.index = std::make_shared<const IndexDefinition>(std::move(index));
}

/// DROP INDEX [CONCURRENTLY] [IF EXISTS] name, ... [CASCADE | RESTRICT].
void read_drop_index(TokenCursor& cursor, Facts& facts) {
    DropIndex drop;
    drop.is_concurrent = facts.is_concurrent = cursor.take_word("concurrently");
    drop.if_exists = cursor.take_words("if", "exists");
    do {
        drop.names.push_back(cursor.take_name());
    } while (cursor.take_punctuation(','));
    drop.is_cascade = cursor.take_word("cascade");
    facts.target = drop.names.front();
    if (drop.is_concurrent)
        refuse_transaction(facts, "DROP INDEX CONCURRENTLY cannot run inside a transaction block");
    facts.drop_index = std::make_shared<const DropIndex>(std::move(drop));
}

/// REINDEX [(options)] INDEX|TABLE|SCHEMA|DATABASE|SYSTEM [CONCURRENTLY] [name] (manual, REINDEX: notes on transaction
/// blocks).
void read_reindex(TokenCursor& cursor, Facts& facts) {
    facts.kind = "reindex";
    const Options options = read_options(cursor);
    const std::string what = cursor.take().value();
    facts.is_concurrent = cursor.take_word("concurrently") || is_on(options, "concurrently");
    facts.target = cursor.take_name();
    if (facts.is_concurrent)
        refuse_transaction(facts, "REINDEX CONCURRENTLY cannot run inside a transaction block");
    else if (what == "schema" || what == "database" || what == "system")
        refuse_transaction(facts, "REINDEX of a " + what + " cannot run inside a transaction block");
    else
        facts.refused_when_partitioned = true;
}

/// CLUSTER [VERBOSE | (options)] [table [USING index] | index ON table] (manual, CLUSTER).
void read_cluster(TokenCursor& cursor, Facts& facts) {
    facts.kind = "cluster";
    read_options(cursor);
    cursor.take_word("verbose");
    facts.target = cursor.take_name();
    if (cursor.take_word("on"))
        facts.target = cursor.take_name();
    if (facts.target.empty())
        refuse_transaction(facts, "CLUSTER of all tables cannot run inside a transaction block");
    else
        facts.refused_when_partitioned = true;
}

}  // namespace tripmig::sql::fact_reader
