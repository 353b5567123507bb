#include "backfill/keys.hpp"

#include <doctest/doctest.h>

#include "backfill/capture.hpp"

namespace backfill = tripmig::backfill;
namespace db = tripmig::db;

namespace {

db::ColumnInfo column(const std::string& name, const std::string& type, char generated = '\0') {
    db::ColumnInfo info;
    info.name = name;
    info.type = type;
    info.generated = generated;
    return info;
}

}  // namespace

TEST_CASE("rows are found by their key, or by the hash of what can be hashed") {
    CHECK(backfill::is_named_by({{"id", "At"}, {}}, "r", "l") == "r.id = l.id AND r.\"At\" = l.\"At\"");
    const backfill::RowKey hash{{}, {"at", "Value"}};
    CHECK(backfill::is_named_by(hash, "r", "l") ==
          "pg_catalog.hash_record_extended(ROW(r.at, r.\"Value\"), 0) = l.row_hash");
    CHECK(hash.logged_names() == std::vector<std::string>{"row_hash"});
    CHECK(backfill::row_hash_value({}, hash.hashed) == "pg_catalog.hash_record_extended(ROW(at, \"Value\"), 0)");
}

TEST_CASE("a hash leaves out generated columns and types that may have no hash function") {
    db::TableInfo table;
    table.columns = {column("at", "timestamp(3) without time zone"),
                     column("name", "character varying(20)"),
                     column("tags", "text[]"),
                     column("amounts", "numeric(8,2)[]"),
                     column("doc", "json"),
                     column("twice", "integer", 's'),
                     column("place", "point"),
                     column("text", "public.text")};
    CHECK(backfill::hashable_columns(table) == std::vector<std::string>{"at", "name", "tags", "amounts"});
}

TEST_CASE("an update of a row without a key logs both hashes, by triggers that follow its columns") {
    backfill::Capture capture = backfill::capture_by_hash({"shop", "orders"}, {"at", "note"}, "state", 7);
    bool is_there = false;
    for (const tripmig::Step& step : backfill::capture_triggers(capture))
        is_there = is_there || step.sql.find(
                                   "WHEN (pg_catalog.record_image_ne(ROW(OLD.at, OLD.note), ROW(NEW.at, "
                                   "NEW.note)))") != std::string::npos;
    CHECK(is_there);
    CHECK(capture.key().is_hash());
    CHECK(backfill::row_hash_index({"shop", "orders"}).name == "tripmig_hash_orders");
}
