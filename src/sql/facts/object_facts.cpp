#include <array>

#include "sql/facts/fact_reader.hpp"

namespace tripmig::sql::fact_reader {

namespace {

/// What CREATE, ALTER and DROP make, change and remove; the longer phrase before the one it begins with.
constexpr std::array<std::array<std::string_view, 3>, 46> objects = {{
    {"access", "method"},
    {"aggregate"},
    {"cast"},
    {"collation"},
    {"conversion"},
    {"database"},
    {"default", "privileges"},
    {"domain"},
    {"event", "trigger"},
    {"extension"},
    {"foreign", "data", "wrapper"},
    {"foreign", "table"},
    {"function"},
    {"group"},
    {"index"},
    {"language"},
    {"large", "object"},
    {"materialized", "view"},
    {"operator", "class"},
    {"operator", "family"},
    {"operator"},
    {"owned"},
    {"policy"},
    {"procedure"},
    {"publication"},
    {"role"},
    {"routine"},
    {"rule"},
    {"schema"},
    {"sequence"},
    {"server"},
    {"statistics"},
    {"subscription"},
    {"system"},
    {"table"},
    {"tablespace"},
    {"text", "search", "configuration"},
    {"text", "search", "dictionary"},
    {"text", "search", "parser"},
    {"text", "search", "template"},
    {"transform"},
    {"trigger"},
    {"type"},
    {"user", "mapping"},
    {"user"},
    {"view"},
}};

/// Words between CREATE, ALTER or DROP and the object that only qualify it.
constexpr std::array<std::string_view, 10> qualifiers = {"global",  "local",      "temporary",  "temp",      "unlogged",
                                                         "trusted", "procedural", "constraint", "recursive", "unique"};

bool take_phrase(TokenCursor& cursor, const std::array<std::string_view, 3>& phrase) {
    if (phrase[1].empty())
        return cursor.take_word(phrase[0]);
    return phrase[2].empty() ? cursor.take_words(phrase[0], phrase[1])
                             : cursor.take_words(phrase[0], phrase[1], phrase[2]);
}

/// The object's kind, "materialized view" say; empty when it is none.
std::string read_object(TokenCursor& cursor) {
    for (const std::string_view qualifier : qualifiers)
        cursor.take_word(qualifier);
    for (const auto& phrase : objects) {
        if (!take_phrase(cursor, phrase))
            continue;
        std::string object(phrase[0]);
        for (std::size_t i = 1; i < phrase.size() && !phrase[i].empty(); ++i)
            object.append(" ").append(phrase[i]);
        return object;
    }
    return {};
}

/// Whether a plain name follows the object's kind.
bool has_name(std::string_view object) {
    for (const std::string_view other :
         {"cast", "default privileges", "large object", "operator", "owned", "user mapping"})
        if (object == other)
            return false;
    return true;
}

NameParts read_target(TokenCursor& cursor) {
    if (!cursor.take_words("if", "not", "exists"))
        cursor.take_words("if", "exists");
    cursor.take_word("only");
    for (const std::string_view word : {"on", "for", "all", "authorization"})  // no name: CREATE SCHEMA AUTHORIZATION x
        if (cursor.peek().is_word(word))
            return {};
    return cursor.take_name();
}

/// ALTER TABLE name DETACH PARTITION name [CONCURRENTLY | FINALIZE] (manual, ALTER TABLE).
void read_alter_table(TokenCursor& cursor, Facts& facts) {
    facts.target = read_target(cursor);
    if (cursor.peek().text == "*")
        cursor.take();
    if (!cursor.take_words("detach", "partition"))
        return;
    DetachPartition detach;
    detach.partition = cursor.take_name();
    detach.is_concurrent = facts.is_concurrent = cursor.take_word("concurrently");
    detach.is_finalize = cursor.take_word("finalize");
    if (detach.is_concurrent)
        refuse_transaction(facts, "DETACH PARTITION ... CONCURRENTLY cannot run inside a transaction block");
    if (detach.is_finalize)
        refuse_transaction(facts,
                           "DETACH PARTITION ... FINALIZE waits for other transactions and must run outside ours");
    facts.detach = std::make_shared<const DetachPartition>(std::move(detach));
}

}  // namespace

void read_create(std::string_view statement, TokenCursor& cursor, Facts& facts) {
    cursor.take_words("or", "replace");
    const bool is_unique = cursor.peek().is_word("unique");
    const std::string object = cursor.take_words("default", "conversion") ? "conversion" : read_object(cursor);
    if (object.empty())
        return;
    facts.kind = "create " + object;
    if (object == "index")
        return read_create_index(statement, is_unique, cursor, facts);
    if (object == "database" || object == "tablespace")
        refuse_transaction(facts, "CREATE " + object + " cannot run inside a transaction block");
    if (has_name(object))
        facts.target = read_target(cursor);
    if (object == "subscription")
        read_create_subscription(cursor, facts);
}

void read_alter(TokenCursor& cursor, Facts& facts) {
    const std::string object = read_object(cursor);
    if (object.empty())
        return;
    facts.kind = "alter " + object;
    if (object == "table")
        return read_alter_table(cursor, facts);
    if (object == "system")
        return refuse_transaction(facts, "ALTER SYSTEM cannot run inside a transaction block");
    if (has_name(object))
        facts.target = read_target(cursor);
    if (object == "database" && cursor.take_words("set", "tablespace"))
        refuse_transaction(facts, "ALTER DATABASE ... SET TABLESPACE cannot run inside a transaction block");
    if (object == "subscription")
        read_alter_subscription(cursor, facts);
}

void read_drop(TokenCursor& cursor, Facts& facts) {
    const std::string object = read_object(cursor);
    if (object.empty())
        return;
    facts.kind = "drop " + object;
    if (object == "index")
        return read_drop_index(cursor, facts);
    if (object == "database" || object == "tablespace" || object == "subscription")
        refuse_transaction(facts, "DROP " + object + " cannot run inside a transaction block");
    if (has_name(object))
        facts.target = read_target(cursor);
}

}  // namespace tripmig::sql::fact_reader
