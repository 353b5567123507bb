#include "ddl/leaf_index.hpp"

#include <doctest/doctest.h>

using namespace tripmig;

namespace {

db::IndexInfo unique(const std::string& name, const std::vector<std::string>& columns) {
    db::IndexInfo index;
    index.name = {"public", name};
    index.tail = "USING btree (a)";
    index.columns = columns;
    index.is_unique = true;
    return index;
}

db::TableInfo leaf_with(const std::vector<db::IndexInfo>& indexes) {
    db::TableInfo leaf;
    leaf.name = {"public", "orders_2026_11"};
    leaf.is_leaf = true;
    leaf.indexes = indexes;
    return leaf;
}

std::vector<std::string> names_for(const db::TableInfo& leaf, const QualifiedName& next) {
    std::vector<std::string> names;
    for (const db::LeafIndex& index : ddl::leaf_indexes_of(leaf, "at"))
        names.push_back(ddl::name_on(next, index));
    return names;
}

}  // namespace

TEST_CASE("what the next leaf gets is unique, valid, without the key and not the primary key") {
    db::IndexInfo primary = unique("orders_2026_11_pkey", {"id"});
    primary.is_primary = true;
    db::IndexInfo plain = unique("orders_2026_11_a_idx", {"a"});
    plain.is_unique = false;
    db::IndexInfo broken = unique("orders_2026_11_broken", {"a"});
    broken.is_valid = false;
    const db::TableInfo leaf = leaf_with({primary, plain, broken, unique("orders_2026_11_with_key", {"a", "at"}),
                                          unique("orders_2026_11_orders_code", {"a"}), unique("by_hand", {""})});
    CHECK(names_for(leaf, {"public", "orders_2026_12"}) ==
          std::vector<std::string>{"orders_2026_12_orders_code", "orders_2026_12_by_hand"});
}

TEST_CASE("names do not grow from leaf to leaf, nor do two of them meet") {
    for (const std::string& table : {std::string("orders"), std::string(55, 'x')}) {
        QualifiedName name{"public", table + "_01"};
        db::TableInfo leaf = leaf_with({unique(table + "_" + std::string(50, 'a'), {"a"}), unique("b", {"b"})});
        leaf.name = {"public", table + "_00"};
        for (const char* const next : {"_01", "_02", "_03"}) {
            name.name = table + next;
            const std::vector<std::string> names = names_for(leaf, name);
            CHECK(names.at(0) != names.at(1));
            leaf = leaf_with({unique(names[0], {"a"}), unique(names[1], {"b"})});
            leaf.name = name;
            for (const std::string& each : names)
                CHECK(each.size() <= 63);
            if (table == "orders")
                CHECK(names[1] == name.name + "_b");
        }
    }
}

TEST_CASE("it is made by one build, in its tablespace, and a constraint by its index") {
    db::LeafIndex index{unique("orders_code", {"a"}), std::nullopt};
    index.index.tail = "USING btree (a) WITH (fillfactor='70') WHERE (a > 0)";
    index.index.tablespace = "fast";
    index.index.comment = "why";
    std::vector<Step> steps = ddl::leaf_index_steps(index, {"public", "orders_1"});
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].sql ==
          "CREATE UNIQUE INDEX orders_1_orders_code ON public.orders_1 USING btree (a) WITH (fillfactor='70') "
          "TABLESPACE fast WHERE (a > 0)");
    CHECK(steps[1].sql == "COMMENT ON INDEX public.orders_1_orders_code IS 'why'");
    index = {unique("orders_code", {"a"}), db::ConstraintInfo{}};
    index.constraint->definition = "UNIQUE (a) DEFERRABLE INITIALLY DEFERRED";
    index.constraint->is_deferrable = true;
    index.constraint->comment = "one each";
    steps = ddl::leaf_index_steps(index, {"public", "orders_1"});
    REQUIRE(steps.size() == 3);
    CHECK(steps[1].sql ==
          "ALTER TABLE public.orders_1 ADD CONSTRAINT orders_1_orders_code UNIQUE USING INDEX orders_1_orders_code "
          "DEFERRABLE INITIALLY DEFERRED");
    CHECK(steps[2].sql == "COMMENT ON CONSTRAINT orders_1_orders_code ON public.orders_1 IS 'one each'");
}
