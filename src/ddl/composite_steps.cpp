#include "ddl/composite_steps.hpp"

#include <fmt/format.h>

#include "ddl/column_text.hpp"
#include "ddl/composite_function.hpp"
#include "ddl/replacement/replacement.hpp"
#include "ddl/statement_step.hpp"
#include "ddl/trigger_function.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// The tail of a foreign key, " MATCH FULL ON UPDATE ... ON DELETE ...", with ON UPDATE CASCADE.
std::string cascading(std::string tail) {
    constexpr std::string_view on_update = " ON UPDATE ";
    constexpr std::string_view cascade = " ON UPDATE CASCADE";
    for (const std::string_view action : {"CASCADE", "RESTRICT", "SET NULL", "SET DEFAULT"}) {
        const std::string former = fmt::format("{}{}", on_update, action);
        if (const std::size_t at = tail.find(former); at != std::string::npos)
            return tail.replace(at, former.size(), cascade);
    }
    constexpr std::string_view full = " MATCH FULL";
    return tail.insert(tail.compare(0, full.size(), full) == 0 ? full.size() : 0, cascade);
}

/// Whether a row points somewhere and lacks the column.
std::string lacks_column(const CompositeKey& composite, std::string_view row) {
    std::string text = fmt::format("{}{} IS NULL", row, sql::quote_ident(composite.column));
    for (const std::string& column : composite.key.columns)
        text += fmt::format(" AND {}{} IS NOT NULL", row, sql::quote_ident(column));
    return text;
}

std::vector<Step> create_triggers(const CompositeKey& composite) {
    const std::string table = sql::quoted(composite.key.table);
    const std::string function = sql::quoted(composite.function());
    const std::string fill = sql::quote_ident(composite.fill_trigger());
    const std::string settle = sql::quote_ident(composite.settle_trigger());
    const bool is_deferrable = composite.key.tail.find(" DEFERRABLE") != std::string::npos;
    const std::vector<LockRequest> locks{{composite.key.table, LockMode::share_row_exclusive}};
    std::vector<Step> steps;
    for (const std::string& trigger : {fill, settle})
        steps.push_back(statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", trigger, table),
                                  "what is left of one that somebody altered"));
    steps.push_back(statement(fmt::format("CREATE TRIGGER {} BEFORE INSERT OR UPDATE ON {} FOR EACH ROW EXECUTE "
                                          "FUNCTION {}()",
                                          fill, table, function),
                              "fills the column when a statement leaves it out", locks));
    steps.push_back(statement(
        fmt::format("CREATE CONSTRAINT TRIGGER {} AFTER INSERT OR UPDATE ON {}{} FOR EACH ROW WHEN ({}) EXECUTE "
                    "FUNCTION {}()",
                    settle, table, is_deferrable ? " DEFERRABLE INITIALLY DEFERRED" : "",
                    lacks_column(composite, "NEW."), function),
        "for a row that came before the one it references: fills it when the foreign key is checked", locks));
    for (const std::string& trigger : {fill, settle})
        steps.push_back(statement(fmt::format("ALTER TABLE {} ENABLE ALWAYS TRIGGER {}", table, trigger),
                                  "fills it in rows that come by replication too", locks));
    return steps;
}

}  // namespace

db::IncomingKey with_companion(const CompositeKey& composite) {
    db::IncomingKey key = composite.key;
    if (composite.column.empty())
        return key;
    key.columns.push_back(composite.column);
    key.referenced.push_back(composite.partition_key);
    key.tail = cascading(key.tail);
    return key;
}

std::vector<Step> begin_composite(const CompositeKey& composite) {
    if (composite.column.empty())
        return {};
    std::vector<Step> steps;
    const std::string table = sql::quoted(composite.key.table);
    if (composite.adds_column)
        steps.push_back(statement(fmt::format("ALTER TABLE {} ADD COLUMN IF NOT EXISTS {} {}", table,
                                              sql::quote_ident(composite.column), composite.type),
                                  "the partition key of the referenced row; nothing is rewritten",
                                  {{composite.key.table, LockMode::access_exclusive}}));
    append(steps, create_trigger_function(
                      {composite.function(), composite_body(composite), composite.owner, composite.creator, true},
                      "fills the column, as the tables' owner"));
    append(steps, create_triggers(composite));
    return steps;
}

Step add_interim_key(const CompositeKey& composite) {
    db::IncomingKey key = with_companion(composite);
    key.name = composite.interim_name();
    Step step = add_incoming_key(key, composite.parent, key.referenced);
    step.why = "until the cut-over: the column follows the row that it was filled from";
    return step;
}

Step drop_interim_key(const CompositeKey& composite) {
    return statement(
        fmt::format("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", sql::quoted(composite.key.table),
                    sql::quote_ident(composite.interim_name())),
        "needed only until the cut-over",
        {{composite.key.table, LockMode::access_exclusive}, {composite.parent, LockMode::access_exclusive}});
}

namespace {

/// Rows that nobody else is writing, and that point to rows whose key nobody else is changing.
std::string free_rows(const CompositeKey& composite, const std::string& range) {
    return fmt::format(
        "ctid = ANY (ARRAY(SELECT referencing.ctid FROM {} AS referencing JOIN {} AS referenced ON {} WHERE {} FOR NO "
        "KEY UPDATE OF referencing SKIP LOCKED FOR KEY SHARE OF referenced SKIP LOCKED))",
        sql::quoted(composite.key.table), sql::quoted(composite.parent),
        all_equal("referenced", composite.key.referenced, "referencing", composite.key.columns), range);
}

}  // namespace

Step fill_composite(const CompositeKey& composite, std::int64_t from, std::int64_t to, bool waits) {
    const auto range = [&](std::string_view row) {
        return fmt::format("{0}ctid >= '({1},0)' AND {0}ctid < '({2},0)' AND {3}", row, from, to,
                           lacks_column(composite, row));
    };
    return statement(fmt::format("UPDATE {} SET {} = NULL WHERE {}", sql::quoted(composite.key.table),
                                 sql::quote_ident(composite.column),
                                 waits ? range("") : free_rows(composite, range("referencing."))),
                     "its trigger fills it, with the referenced row locked",
                     {{composite.key.table, LockMode::row_exclusive}, {composite.parent, LockMode::row_share}});
}

std::string is_unfilled_sql(const CompositeKey& composite) {
    return fmt::format("SELECT EXISTS (SELECT FROM {} WHERE {})", sql::quoted(composite.key.table),
                       lacks_column(composite, ""));
}

std::vector<Step> end_composite(const CompositeKey& composite) {
    if (composite.column.empty())
        return {};
    const std::string table = sql::quoted(composite.key.table);
    const std::vector<LockRequest> locks{{composite.key.table, LockMode::access_exclusive}};
    std::vector<Step> steps;
    for (const std::string& trigger : {composite.fill_trigger(), composite.settle_trigger()})
        steps.push_back(statement(fmt::format("DROP TRIGGER IF EXISTS {} ON {}", sql::quote_ident(trigger), table),
                                  "the column is no longer filled", locks));
    steps.push_back(statement(fmt::format("DROP FUNCTION IF EXISTS {}()", sql::quoted(composite.function())),
                              "no trigger calls it"));
    if (composite.adds_column)
        steps.push_back(statement(
            fmt::format("ALTER TABLE IF EXISTS {} DROP COLUMN IF EXISTS {}", table, sql::quote_ident(composite.column)),
            "as it was before", locks));
    return steps;
}

}  // namespace tripmig::ddl
