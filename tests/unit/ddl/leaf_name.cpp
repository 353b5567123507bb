#include "ddl/leaf_name.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;
using namespace tripmig::ddl;

namespace {

std::string name_at(std::string_view pattern, std::string_view moment, std::string_view table = "orders") {
    return leaf_name(pattern, table, KeyType::timestamp, Bound::at(*parse_timestamp(moment)));
}

std::vector<Bounds> months(int count) {
    std::vector<Bounds> leaves{
        bounds_containing(KeyType::date, *parse_interval("1 month"), Bound::at(*parse_timestamp("2024-01-01")))};
    while (static_cast<int>(leaves.size()) < count)
        leaves.push_back(bounds_after(KeyType::date, *parse_interval("1 month"), leaves.back()));
    return leaves;
}

const QualifiedName orders{"shop", "orders"};

}  // namespace

TEST_CASE("a pattern is filled in from the leaf's beginning") {
    CHECK(name_at("{table}_{start:%Y_%m}", "2024-01-01") == "orders_2024_01");
    CHECK(name_at("{table}_p{start:%Y%m%d_%H%M}", "2024-02-29 13:30") == "orders_p20240229_1330");
    CHECK(name_at("{table}_{start:%Y_%j}", "2024-12-31") == "orders_2024_366");
    CHECK(name_at("{start:%Y}_{table}", "0987-01-01") == "0987_orders");
}

TEST_CASE("ISO weeks belong to the year of their Thursday") {
    CHECK(name_at("{table}_{start:%G_w%V}", "2024-12-30") == "orders_2025_w01");
    CHECK(name_at("{table}_{start:%G_w%V}", "2020-12-28") == "orders_2020_w53");
    CHECK(name_at("{table}_{start:%G_w%V}", "2021-01-03") == "orders_2020_w53");
    CHECK(name_at("{table}_{start:%G_w%V}", "2024-01-01") == "orders_2024_w01");
    CHECK(name_at("{table}_{start:%G_w%V}", "2023-01-01") == "orders_2022_w52");
}

TEST_CASE("numbers are named by their digits") {
    CHECK(leaf_name("{table}_{start}", "orders", KeyType::bigint, Bound::number(2'000'000)) == "orders_2000000");
    CHECK(leaf_name("{table}_{start}", "orders", KeyType::bigint, Bound::number(-5)) == "orders_minus_5");
    CHECK(leaf_name("{table}_{start}", "orders", KeyType::bigint, Bound::minvalue()) == "orders_min");
}

TEST_CASE("a pattern for the other kind of key is refused") {
    CHECK_THROWS_AS(leaf_name("{table}_{start:%Y}", "orders", KeyType::bigint, Bound::number(0)), Error);
    CHECK_THROWS_AS(name_at("{table}_{start}", "2024-01-01"), Error);
}

TEST_CASE("long names are shortened in the table's part: the date stays") {
    const std::string table(62, 't');
    const std::string january_name = name_at("{table}_{start:%Y_%m}", "2024-01-01", table);
    const std::string february = name_at("{table}_{start:%Y_%m}", "2024-02-01", table);
    CHECK(january_name.size() == 63);
    CHECK(january_name.substr(55) == "_2024_01");
    CHECK(february == january_name.substr(0, 55) + "_2024_02");
    CHECK(january_name.substr(0, 46) == table.substr(0, 46));
    CHECK(name_at("{table}_{start:%Y_%m}", "2024-01-01", std::string(61, 't') + "x") != january_name);
    CHECK(name_at("{table}_{start:%Y_%m}", "2024-01-01", std::string(55, 't')) == std::string(55, 't') + "_2024_01");
}

TEST_CASE("leaves are named beside their parent") {
    const auto leaves = name_leaves("{table}_{start:%Y_%m}", orders, KeyType::date, months(2), {"orders"});
    REQUIRE(leaves.size() == 2);
    CHECK(leaves[0].name == QualifiedName{"shop", "orders_2024_01"});
    CHECK(leaves[1].name == QualifiedName{"shop", "orders_2024_02"});
    CHECK(leaves[1].bounds == months(2)[1]);
}

TEST_CASE("where a name that is taken is no obstacle the next free one is used") {
    const auto named = [](const std::set<std::string>& taken) {
        std::string text;
        for (const Leaf& leaf : name_leaves_freely("{table}_{start:%Y}", orders, KeyType::date, months(3), taken))
            text += leaf.name.name + " ";
        return text;
    };
    CHECK(named({}) == "orders_2024 orders_2024_2 orders_2024_3 ");
    CHECK(named({"orders_2024", "orders_2024_3"}) == "orders_2024_2 orders_2024_4 orders_2024_5 ");
    CHECK(possible_names("{table}_{start:%Y}", orders, KeyType::date, months(1)).size() >= 5);
}

TEST_CASE("two leaves with one name are refused, and so is a name that is taken") {
    CHECK_THROWS_WITH_AS(name_leaves("{table}_{start:%Y}", orders, KeyType::date, months(2), {}),
                         "partitions [2024-01-01, 2024-02-01) and [2024-02-01, 2024-03-01) of shop.orders would both "
                         "be named shop.orders_2024",
                         Error);
    CHECK_THROWS_WITH_AS(name_leaves("{table}_{start:%Y_%m}", orders, KeyType::date, months(1), {"orders_2024_01"}),
                         "1 partition of shop.orders would get a name that another relation has: shop.orders_2024_01 "
                         "for [2024-01-01, 2024-02-01)",
                         Error);
}
