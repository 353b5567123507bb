#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "base/civil.hpp"
#include "job/source/table_facts.hpp"
#include "swap/preflight/preflight.hpp"

/// A table that can be swapped, as the catalog would tell it: the tests change one thing each.
namespace tripmig::test {

inline db::ColumnInfo column(const std::string& name, const std::string& type, bool not_null = true) {
    db::ColumnInfo info;
    info.name = name;
    info.type = type;
    info.not_null = not_null;
    return info;
}

inline db::TableInfo orders() {
    db::TableInfo table;
    table.name = {"public", "orders"};
    table.oid = 16384;
    table.owner = table.current_role = "shop";
    table.can_alter = table.can_create_in_schema = true;
    table.pages = 100;
    table.fingerprint = "f";
    table.columns = {column("id", "bigint"), column("at", "timestamp without time zone"),
                     column("note", "text", false)};
    table.columns[0].identity = 'd';
    db::IndexInfo primary;
    primary.name = {"public", "orders_pkey"};
    primary.tail = "USING btree (id)";
    primary.columns = {"id"};
    primary.is_unique = primary.is_primary = primary.is_constraint = true;
    db::IndexInfo by_note;
    by_note.name = {"public", "orders_note"};
    by_note.tail = "USING btree (note) WHERE (note IS NOT NULL)";
    by_note.columns = {"note"};
    table.indexes = {primary, by_note};
    db::ConstraintInfo key;
    key.name = "orders_pkey";
    key.kind = 'p';
    key.definition = "PRIMARY KEY (id)";
    key.columns = {"id"};
    table.constraints = {key};
    db::SequenceInfo sequence;
    sequence.name = {"public", "orders_id_seq"};
    sequence.column = "id";
    sequence.is_identity = true;
    sequence.options = "START WITH 1 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 CACHE 1";
    table.sequences = {sequence};
    return table;
}

inline db::IncomingKey lines_key() {
    db::IncomingKey key;
    key.table = {"public", "lines"};
    key.name = "lines_order_id_fkey";
    key.columns = {"order_id"};
    key.referenced = {"id"};
    key.tail = " ON DELETE CASCADE";
    key.can_alter = true;
    return key;
}

inline config::PartitionPolicy monthly() {
    config::PartitionPolicy policy;
    policy.table = {"public", "orders"};
    policy.key = "at";
    policy.start = "2024-01-01";
    return policy;
}

inline job::Facts facts_of(const db::TableInfo& table) {
    job::Facts facts;
    facts.table = table;
    facts.now = *parse_timestamp("2026-11-10");
    facts.key.is_empty = false;
    facts.key.newest = ddl::Bound::at(*parse_timestamp("2026-11-09"));
    facts.taken = {"orders", "lines"};
    return facts;
}

}  // namespace tripmig::test
