#include "ddl/registry/registry_functions.hpp"

#include <fmt/format.h>

#include "ddl/column_text.hpp"
#include "ddl/function_text.hpp"
#include "ddl/index_definition.hpp"
#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

/// RAISE of what a unique index on the ids would have said.
std::string raise_duplicate(const Registry& registry) {
    return fmt::format(
        "RAISE unique_violation USING\n"
        "                    MESSAGE = {},\n"
        "                    DETAIL = {},\n"
        "                    SCHEMA = {}, TABLE = {}, CONSTRAINT = {};",
        sql::quote_literal(fmt::format("duplicate key value violates unique constraint \"{}\"", registry.unique_name)),
        key_detail(registry.id_names(), "already exists."), sql::quote_literal(registry.parent.schema),
        sql::quote_literal(registry.parent.name), sql::quote_literal(registry.unique_name));
}

/// Follows a DELETE or UPDATE of the registry's row. A snapshot that lasts for the whole transaction (manual 13.2.2)
/// and was taken before the table was a leaf has the row of the table, not what the cut-over wrote into the registry
/// with nobody writing. It does not have the leaf's trigger either, which came with the cut-over: that tells it.
/// Two IFs: PL/pgSQL runs an expression that has a query in it as a query, whatever stands before that.
std::string raise_unseen(const Registry& registry) {
    return fmt::format(
        R"(IF NOT FOUND AND pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_trigger AS own WHERE own.tgrelid = TG_RELID AND own.tgname = TG_NAME) THEN
            RAISE serialization_failure USING
                MESSAGE = {},
                DETAIL = 'The snapshot of this transaction is older than the partitions.',
                HINT = 'The transaction might succeed if retried.';
        END IF;
    END IF;)",
        sql::quote_literal(fmt::format("could not serialize access to {}", sql::quoted(registry.parent))));
}

}  // namespace

std::string registry_keep_body(const Registry& registry) {
    const std::string table = sql::quoted(registry.table);
    const std::string key = sql::quote_ident(registry.key.name);
    const std::vector<std::string> ids = registry.id_names();
    const std::vector<std::string> all = registry.column_names();
    return dollar_quoted(fmt::format(
        R"(
DECLARE
    known {type};
BEGIN
    IF TG_OP = 'INSERT' THEN
        LOOP
            INSERT INTO {table} ({columns}) VALUES ({values}) ON CONFLICT ({ids}) DO NOTHING;
            EXIT WHEN FOUND;
            SELECT registered.{key} INTO known FROM {table} AS registered WHERE {same_new};
            IF FOUND THEN
                EXIT WHEN known = NEW.{key};
                {duplicate}
            END IF;
            -- Deleted between the two statements: try again.
        END LOOP;
    ELSE
        DELETE FROM {table} AS registered WHERE {same_old};
        {unseen}
    END IF;
    RETURN NULL;
END
)",
        fmt::arg("type", registry.key.type), fmt::arg("table", table), fmt::arg("columns", column_list(all)),
        fmt::arg("values", of_each("NEW", all)), fmt::arg("ids", column_list(ids)), fmt::arg("key", key),
        fmt::arg("same_new", all_equal("registered", ids, "NEW", ids)),
        fmt::arg("same_old", all_equal("registered", all, "OLD", all)),
        fmt::arg("duplicate", raise_duplicate(registry)), fmt::arg("unseen", raise_unseen(registry))));
}

std::string registry_move_body(const Registry& registry) {
    const std::vector<std::string> ids = registry.id_names();
    std::string assignments;
    for (const std::string& column : registry.column_names())
        assignments += fmt::format("{0}{1} = NEW.{1}", assignments.empty() ? "" : ", ", sql::quote_ident(column));
    return dollar_quoted(fmt::format(R"(
BEGIN
    UPDATE {} AS registered SET {} WHERE {};
    {}
    RETURN NEW;
END
)",
                                     sql::quoted(registry.table), assignments, all_equal("registered", ids, "OLD", ids),
                                     raise_unseen(registry)));
}

std::string registry_truncate_body(const Registry& registry) {
    const std::string table = sql::quoted(registry.table);
    const std::vector<std::string> all = registry.column_names();
    const std::string gone = fmt::format("NOT EXISTS (SELECT FROM {} AS kept WHERE {})", sql::quoted(registry.parent),
                                         all_equal("kept", all, "registered", all));
    return dollar_quoted(fmt::format(
        R"(
DECLARE
    reference record;
    is_referenced boolean;
BEGIN
    -- TRUNCATE takes every row, whatever the snapshot; what follows sees those of the snapshot.
    IF pg_catalog.current_setting('transaction_isolation') IN ('repeatable read', 'serializable') THEN
        RAISE feature_not_supported USING
            MESSAGE = pg_catalog.format('cannot truncate %s in a REPEATABLE READ or SERIALIZABLE transaction: ids that its snapshot does not have would stay in %s', TG_RELID::pg_catalog.regclass, {name}),
            HINT = 'Truncate it in a READ COMMITTED transaction.';
    END IF;
    FOR reference IN
        SELECT c.conrelid::pg_catalog.regclass AS relation, c.conname,
               (SELECT pg_catalog.string_agg(pg_catalog.format('referencing.%I = registered.%I', a.attname, r.attname), ' AND ')
                FROM ROWS FROM (pg_catalog.unnest(c.conkey), pg_catalog.unnest(c.confkey)) AS k (own, other)
                JOIN pg_catalog.pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.own
                JOIN pg_catalog.pg_attribute AS r ON r.attrelid = c.confrelid AND r.attnum = k.other) AS joined
        FROM pg_catalog.pg_constraint AS c
        WHERE c.contype = 'f' AND c.confrelid = {name}::pg_catalog.regclass AND c.conparentid = 0
    LOOP
        EXECUTE pg_catalog.format({query}, reference.relation, reference.joined) INTO is_referenced;
        IF is_referenced THEN
            RAISE foreign_key_violation USING
                MESSAGE = pg_catalog.format('cannot truncate: rows of %s reference it (constraint "%s")', reference.relation, reference.conname),
                HINT = pg_catalog.format('Truncate %s in the same command.', reference.relation);
        END IF;
    END LOOP;
    DELETE FROM {table} AS registered WHERE {gone};
    RETURN NULL;
END
)",
        fmt::arg("name", sql::quote_literal(table)), fmt::arg("table", table), fmt::arg("gone", gone),
        fmt::arg("query", sql::quote_literal(fmt::format("SELECT EXISTS (SELECT FROM %s AS referencing JOIN {} AS "
                                                         "registered ON %s WHERE {})",
                                                         without_placeholders(table), without_placeholders(gone))))));
}

}  // namespace tripmig::ddl
