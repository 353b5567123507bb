#include <doctest/doctest.h>

#include "cli/swap/fixture.hpp"

using namespace tripmig::test;

TEST_CASE("unique_ids: ids stay unique across months with no key of another table pointing to them, and back") {
    for (const std::string strategy : {"attach", "copy"}) {
        CAPTURE(strategy);
        const SwapFixture room;
        (void)room.folder.write("partitions/orders.toml",
                                "table = \"public.orders\"\nkey = \"at\"\ninterval = \"1 month\"\npremake = 2\n"
                                "[swap]\nunique_ids = true\n");
        room.database.exec(orders_and_lines);
        room.database.exec("DROP TABLE lines");
        const std::string before = room.dump();
        CHECK(room.swap({"run", "orders", "--strategy", strategy})["registry"] == true);
        CHECK(room.database.sqlstate_of("INSERT INTO orders (id, at) VALUES (7, now() + interval '1 month')") ==
              "23505");
        CHECK(room.database.scalar("SELECT count(*) FROM orders_ids") == "20000");
        room.database.exec("INSERT INTO orders (id) VALUES (30000); DELETE FROM orders WHERE id = 30000");
        CHECK(room.swap({"revert", "orders"})["stage"] == "reverted");
        CHECK(room.dump() == before);
    }
}
