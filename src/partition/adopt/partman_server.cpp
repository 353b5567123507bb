#include "partition/adopt/partman_server.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/error.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// A value of part_config as time and as number, whatever it is: '1 mon', 'monthly' (part_config_sub of 4.x), '1000'.
std::string amount_columns(const std::string& column, const std::string& as) {
    return fmt::format(
        "{0} AS {1}, CASE WHEN {0} ~ '^[0-9]{{1,18}}$' THEN {0}::pg_catalog.int8 END AS {1}_number, "
        "CASE WHEN {0} ~ '^[0-9]+$' OR {0} !~ '[0-9]' THEN NULL ELSE (pg_catalog.date_part('year', "
        "{0}::pg_catalog.interval) * 12 + "
        "pg_catalog.date_part('month', {0}::pg_catalog.interval))::pg_catalog.int8 END AS {1}_months, "
        "CASE WHEN {0} ~ '^[0-9]+$' OR {0} !~ '[0-9]' THEN NULL ELSE pg_catalog.date_part('day', "
        "{0}::pg_catalog.interval)::pg_catalog.int8 END AS "
        "{1}_days, CASE WHEN {0} ~ '^[0-9]+$' OR {0} !~ '[0-9]' THEN NULL ELSE (pg_catalog.date_part('hour', "
        "{0}::pg_catalog.interval) * 3600 + "
        "pg_catalog.date_part('minute', {0}::pg_catalog.interval) * 60 + pg_catalog.date_part('second', "
        "{0}::pg_catalog.interval))"
        "::pg_catalog.int8 END AS {1}_seconds",
        column, as);
}

/// Columns that one version has and the other has not are read as keys of the row: NULL where there is none.
std::string partman_sql(const std::string& schema) {
    const std::string quoted = sql::quote_ident(schema);
    return fmt::format(
        "SELECT pg_catalog.split_part(c.j->>'parent_table', '.', 1) AS schema, "
        "pg_catalog.substr(c.j->>'parent_table', pg_catalog.strpos(c.j->>'parent_table', '.') + 1) AS name, "
        "t.oid IS NOT NULL AS is_there, COALESCE(t.relispartition, false) AS is_partition, c.j->>'control' AS control, "
        "c.j->>'partition_type' AS type, {0}, (c.j->>'premake')::pg_catalog.int8 AS premake, c.j->>'epoch' AS epoch, "
        "{1}, "
        "c.j->>'retention_schema' AS retention_schema, "
        "(c.j->>'retention_keep_table')::pg_catalog.bool AS keeps_table, "
        "(c.j->>'retention_keep_index')::pg_catalog.bool AS keeps_index, "
        "(c.j->>'infinite_time_partitions')::pg_catalog.bool AS is_infinite, c.j->>'datetime_string' AS "
        "datetime_string, "
        "c.j->>'automatic_maintenance' AS maintenance, c.j->>'time_encoder' AS time_encoder, "
        "(c.j->>'undo_in_progress')::pg_catalog.bool AS is_undone, s.j->>'sub_control' AS sub_control, {2}, "
        "pg_catalog.concat_ws(E'\\x1f', "
        "CASE WHEN c.j->>'constraint_cols' IS NOT NULL THEN 'constraint_cols (pg_partman adds CHECKs to old "
        "partitions)' END, "
        "CASE WHEN c.j->>'publications' IS NOT NULL THEN 'publications (add the table itself to them)' END, "
        "CASE WHEN c.j->>'subscription_refresh' IS NOT NULL THEN 'subscription_refresh' END, "
        "CASE WHEN c.j->>'date_trunc_interval' IS NOT NULL THEN 'date_trunc_interval' END, "
        "CASE WHEN (c.j->>'drop_cascade_fk')::pg_catalog.bool THEN 'drop_cascade_fk (see retention.cascade)' END) AS "
        "others "
        "FROM (SELECT pg_catalog.to_jsonb(r) AS j FROM {3}.part_config AS r) AS c "
        "LEFT JOIN (SELECT pg_catalog.to_jsonb(r) AS j FROM {3}.part_config_sub AS r) AS s ON s.j->>'sub_parent' = "
        "c.j->>'parent_table' "
        "LEFT JOIN pg_catalog.pg_namespace AS n ON n.nspname = pg_catalog.split_part(c.j->>'parent_table', '.', 1) "
        "LEFT JOIN pg_catalog.pg_class AS t ON t.relnamespace = n.oid AND t.relname = "
        "pg_catalog.substr(c.j->>'parent_table', pg_catalog.strpos(c.j->>'parent_table', '.') + 1) "
        "ORDER BY 1, 2",
        amount_columns("(c.j->>'partition_interval')", "step"), amount_columns("(c.j->>'retention')", "retention"),
        amount_columns("(s.j->>'sub_partition_interval')", "sub"), quoted);
}

PartmanAmount amount(const db::Row& row, const std::string& column) {
    PartmanAmount read;
    read.text = row.text_or_empty(column);
    read.number = row.optional_number(column + "_number");
    if (const auto months = row.optional_number(column + "_months"))
        read.time =
            CalendarInterval{*months, row.number(column + "_days"), row.number(column + "_seconds") * 1'000'000};
    return read;
}

bool flag_or(const db::Row& row, const char* column, bool otherwise) {
    return row.is_null(column) ? otherwise : row.flag(column);
}

/// part_config rows of these tables and of all their partitions, as `c`.
std::string in_trees(const std::string& column) {
    return fmt::format(
        "{} IN (SELECT n.nspname || '.' || p.relname FROM pg_catalog.unnest(pg_catalog.string_to_array($1, E'\\x1f')) "
        "AS given (name), "
        "LATERAL pg_catalog.pg_partition_tree(given.name::pg_catalog.regclass) AS tree "
        "JOIN pg_catalog.pg_class AS p ON p.oid = tree.relid JOIN pg_catalog.pg_namespace AS n ON n.oid = "
        "p.relnamespace)",
        column);
}

}  // namespace

std::string find_partman(db::Session& session, const std::string& schema) {
    if (!schema.empty()) {
        if (session.flag(
                "SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = "
                "c.relnamespace WHERE n.nspname = $1 AND c.relname = 'part_config')",
                {schema}))
            return schema;
        throw Error(ExitCode::refused, fmt::format("there is no {}.part_config", sql::quote_ident(schema)),
                    "name the schema that pg_partman is in: --schema partman");
    }
    std::vector<std::string> schemas;
    for (const db::Row& row : session.read("SELECT n.nspname AS name FROM pg_catalog.pg_class AS c JOIN "
                                           "pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace "
                                           "WHERE c.relname = 'part_config' AND c.relkind = 'r' AND EXISTS (SELECT "
                                           "FROM pg_catalog.pg_attribute AS a WHERE "
                                           "a.attrelid = c.oid AND a.attname = 'parent_table') ORDER BY 1"))
        schemas.push_back(row.text("name"));
    if (schemas.size() == 1)
        return schemas.front();
    if (schemas.empty())
        throw Error(ExitCode::refused, "pg_partman is not in this database: no schema has its table part_config",
                    "for tables that nothing maintains: tripmig partition init TABLE");
    throw Error(ExitCode::refused, fmt::format("several schemas have a part_config: {}", fmt::join(schemas, ", ")),
                "choose one with --schema");
}

std::vector<PartmanTable> read_partman(db::Session& session, const std::string& schema) {
    std::vector<PartmanTable> tables;
    for (const db::Row& row : session.read(partman_sql(schema))) {
        PartmanTable table;
        table.table = row.name();
        table.exists = row.flag("is_there");
        table.is_partition = row.flag("is_partition");
        table.control = row.text("control");
        table.type = row.text("type");
        table.interval = amount(row, "step");
        table.premake = row.number("premake");
        table.epoch = row.text("epoch");
        table.retention = amount(row, "retention");
        table.retention_schema = row.text_or_empty("retention_schema");
        table.keeps_table = flag_or(row, "keeps_table", true);
        table.keeps_index = flag_or(row, "keeps_index", true);
        table.is_infinite = flag_or(row, "is_infinite", false);
        table.datetime_string = row.text_or_empty("datetime_string");
        table.maintenance = row.text("maintenance");
        table.time_encoder = row.text_or_empty("time_encoder");
        table.is_undone = flag_or(row, "is_undone", false);
        table.others = row.list("others");
        table.sub_control = row.text_or_empty("sub_control");
        table.sub_interval = amount(row, "sub");
        tables.push_back(std::move(table));
    }
    return tables;
}

void require_take_over(db::Session& session, const std::string& schema) {
    const std::string quoted = sql::quote_ident(schema);
    for (const char* table : {"part_config", "part_config_sub"})
        if (!session.flag("SELECT pg_catalog.has_table_privilege($1, 'UPDATE')", {fmt::format("{}.{}", quoted, table)}))
            throw Error(ExitCode::no_privilege,
                        fmt::format("this role may not change {}.{}, which switches pg_partman off", quoted, table),
                        fmt::format("GRANT UPDATE ON {0}.part_config, {0}.part_config_sub TO this role, or leave out "
                                    "--take-over and change it yourself",
                                    quoted));
}

std::size_t switch_partman_off(db::Session& session, const std::string& schema,
                               const std::vector<QualifiedName>& tables) {
    std::vector<std::string> names;
    names.reserve(tables.size());
    for (const QualifiedName& table : tables)
        names.push_back(sql::quoted(table));
    const std::string listed = db::joined_list(names);
    const std::string quoted = sql::quote_ident(schema);
    std::size_t changed = 0;
    session.transact(db::Isolation::read_committed, [&](db::Work& work) {
        changed = work.change(fmt::format("UPDATE {}.part_config AS c SET automatic_maintenance = 'off' WHERE "
                                          "c.automatic_maintenance <> 'off' AND {}",
                                          quoted, in_trees("c.parent_table")),
                              {listed});
        // What pg_partman would still make below them.
        work.change(fmt::format("UPDATE {}.part_config_sub AS c SET sub_automatic_maintenance = 'off' WHERE "
                                "c.sub_automatic_maintenance <> 'off' AND {}",
                                quoted, in_trees("c.sub_parent")),
                    {listed});
    });
    return changed;
}

}  // namespace tripmig::partition
