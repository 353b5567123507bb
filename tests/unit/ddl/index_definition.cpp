#include "ddl/index_definition.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;

TEST_CASE("the key goes to the end of the list of columns, whatever else the definition says") {
    const auto widened = [](const std::string& text) { return ddl::with_key(text, "At"); };
    CHECK(widened("UNIQUE (a)") == "UNIQUE (a, \"At\")");
    CHECK(widened("UNIQUE NULLS NOT DISTINCT (a, b) INCLUDE (c)") ==
          "UNIQUE NULLS NOT DISTINCT (a, b, \"At\") INCLUDE (c)");
    CHECK(widened("USING btree (lower((a)::text), \"odd)(\"\"\" DESC) WHERE (b > 0)") ==
          "USING btree (lower((a)::text), \"odd)(\"\"\" DESC, \"At\") WHERE (b > 0)");
    CHECK(widened("USING btree (replace(a, ''')'::text, '('::text))") ==
          "USING btree (replace(a, ''')'::text, '('::text), \"At\")");
    CHECK_THROWS_AS((void)widened("USING btree (a"), Error);
    CHECK_THROWS_AS((void)widened("UNIQUE"), Error);
}

TEST_CASE("a unique index is built in its tablespace, which stands before WHERE") {
    db::IndexInfo index;
    index.tablespace = "Fast";
    const auto sql = [&](const std::string& tail) {
        index.tail = tail;
        return ddl::build_unique_index_like({"public", "orders"}, "wide", index).steps.at(0).sql;
    };
    const std::string head = "CREATE UNIQUE INDEX CONCURRENTLY wide ON public.orders USING btree ";
    CHECK(sql("USING btree (a)") == head + "(a) TABLESPACE \"Fast\"");
    CHECK(sql("USING btree (a) INCLUDE (b) WITH (fillfactor='70') WHERE (a <> ' WHERE ('::text)") ==
          head + "(a) INCLUDE (b) WITH (fillfactor='70') TABLESPACE \"Fast\" WHERE (a <> ' WHERE ('::text)");
    CHECK(sql("USING btree (\" WHERE \") WITH (fillfactor='70')") ==
          head + "(\" WHERE \") WITH (fillfactor='70') TABLESPACE \"Fast\"");
}

TEST_CASE("only unique indexes that lack the key are widened") {
    db::IndexInfo index;
    index.tail = "USING btree (a)";
    index.columns = {"a"};
    CHECK(ddl::widened(index, "at").tail == index.tail);
    index.is_unique = true;
    CHECK(ddl::widened(index, "at").tail == "USING btree (a, at)");
    CHECK(ddl::widened(ddl::widened(index, "at"), "at").tail == "USING btree (a, at)");
}
