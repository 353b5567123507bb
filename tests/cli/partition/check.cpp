#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "place.hpp"

using namespace tripmig::test;

TEST_CASE("without a server a policy is right or wrong by itself") {
    const Place place;
    place.policy("orders", "orders");
    Surroundings alone = place.surroundings();
    for (const char* name : {"DATABASE_URL", "PGHOST", "PGPORT", "PGUSER", "PGDATABASE", "PGHOSTADDR", "PGSERVICE"})
        alone.environment[name] = std::nullopt;
    CommandResult result = run_tripmig({"partition", "check"}, alone);
    CAPTURE(result.out);
    CAPTURE(result.err);
    CHECK(result.exit_code == 0);
    CHECK(has(result.out, "no server was asked"));
    place.write_policy("broken", "table = \"carts\"\nkey = \"at\"\ninterval = \"1 moon\"\n");
    result = run_tripmig({"partition", "check"}, alone);
    CHECK(result.exit_code == 2);
    CHECK(has(result.out, "broken.toml:3"));
    CHECK(has(result.out, "orders.toml  public.orders: ok"));
}

TEST_CASE("with a server the table must be as its policy says") {
    const Place place;
    place.database.exec(make_orders + "CREATE TABLE plain (at timestamptz);");
    place.policy("orders", "orders");
    CHECK(place.run({"check"}).exit_code == 0);
    place.policy("plain", "plain");
    CommandResult result = place.run({"check"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 9);
    CHECK(has(result.out, "public.plain is not partitioned yet"));
    CHECK(place.run({"check", "plain"}).exit_code == 12);
    CHECK(place.run({"check", "--offline"}).exit_code == 0);
    place.write_policy("plain", "table = \"orders2\"\nkey = \"id\"\ninterval = 10\n");
    result = run_tripmig({"--json", "partition", "check"}, place.surroundings());
    const nlohmann::json document = nlohmann::json::parse(result.out);
    CHECK(result.exit_code == 9);
    CHECK(document["server"] == true);
    CHECK(document["policies"][0]["code"] == 0);
    CHECK(document["policies"][1]["table"] == "public.orders2");
    CHECK(document["policies"][1]["errors"][0]["code"] == 12);
}

TEST_CASE("what maintain could do, but nobody may have meant, is a warning") {
    const Place place;
    place.database.exec("SET TimeZone = 'UTC';" + make_orders +
                        "CREATE TABLE d_1 PARTITION OF orders FOR VALUES FROM ('2024-01-01') TO ('2024-01-02');"
                        "CREATE TABLE d_2 PARTITION OF orders FOR VALUES FROM ('2024-01-02') TO ('2024-01-03');"
                        "CREATE TABLE d_rest PARTITION OF orders DEFAULT;");
    place.policy("orders", "orders", "max_create = 1000\n[retention]\nkeep = \"1 month\"\nidle = true\n");
    const CommandResult result = place.run({"check"});
    CAPTURE(result.out);
    CHECK(result.exit_code == 0);
    CHECK(has(result.out, "none of the newest partitions is where one of 1 month in UTC would be"));
    CHECK(has(result.out, "new partitions get other names"));
    CHECK(has(result.out, "public.d_rest is a DEFAULT partition that the policy does not mention"));
    CHECK(has(result.out, "by its retention 2 of 2 partitions before the present one would go"));
}
