#include "config/policy.hpp"

#include <doctest/doctest.h>

#include "config/parse_policy.hpp"
#include "expect_error.hpp"
#include "temporary_folder.hpp"

using namespace tripmig;
using namespace tripmig::config;

namespace {

const std::string head = "table = \"public.orders\"\nkey = \"created_at\"\ninterval = \"1 month\"\n";

std::string policy_error(const std::string& text) {
    return usage_error_of([&] { parse_policy(text, "orders.toml"); });
}

}  // namespace

TEST_CASE("a policy with every key") {
    const PartitionPolicy policy = parse_policy(R"(
table = "App.Orders"
key = "Created_At"
interval = "1 day"
premake = 7
start = 2024-01-01
name = "{table}_{start:%Y_%m_%d}"
time_zone = "Asia/Seoul"
week_start = "sunday"
template = "App.Orders_Template"
max_create = 90
max_drop = 5
[key_encoding]
unit = "snowflake"
epoch = "2015-01-01"
[retention]
keep = "36 months"
action = "detach"
cascade = true
[analyze]
parent = "nightly"
[default]
partition = "watch"
[swap]
strategy = "copy"
incoming_foreign_keys = "composite"
unique_ids = true
unique_indexes = "key"
)",
                                                "orders.toml");
    CHECK(policy.table == QualifiedName{"app", "orders"});
    CHECK(policy.key == "created_at");
    CHECK(std::get<CalendarInterval>(policy.interval) == CalendarInterval{0, 1, 0});
    CHECK(policy.premake == 7);
    CHECK(policy.start == "2024-01-01");
    CHECK(policy.name == "{table}_{start:%Y_%m_%d}");
    CHECK(policy.max_create == 90);
    CHECK(policy.max_drop == 5);
    REQUIRE(policy.retention.has_value());
    CHECK(std::get<CalendarInterval>(*policy.retention->keep) == CalendarInterval{36, 0, 0});
    CHECK(policy.time_zone == "Asia/Seoul");
    CHECK(policy.week_start == 7);
    CHECK(policy.template_table == QualifiedName{"app", "orders_template"});
    CHECK(policy.key_encoding.unit == KeyEncoding::Unit::snowflake);
    CHECK(format_date(policy.key_encoding.epoch.value()) == "2015-01-01");
    CHECK(policy.analyze == PartitionPolicy::Analyze::nightly);
    CHECK(policy.retention->cascade);
    CHECK(policy.default_partition == PartitionPolicy::Default::watch);
    CHECK(policy.swap.strategy == SwapStrategy::copy);
    CHECK(policy.swap.incoming_foreign_keys == IncomingForeignKeys::composite);
    CHECK(policy.swap.unique_indexes == UniqueIndexes::key);
    CHECK(policy.swap.unique_ids);
}

TEST_CASE("each choice for unique indexes has its word") {
    const auto choice = [](const std::string& word) {
        return parse_policy(std::string(head) + "[swap]\nunique_indexes = \"" + word + "\"\n", "orders.toml")
            .swap.unique_indexes;
    };
    CHECK(choice("refuse") == UniqueIndexes::refuse);
    CHECK(choice("key") == UniqueIndexes::key);
    CHECK(choice("leaf") == UniqueIndexes::leaf);
}

TEST_CASE("a policy with the required keys has the defaults") {
    const PartitionPolicy policy = parse_policy(head, "orders.toml");
    CHECK(policy.premake == 3);
    CHECK_FALSE(policy.start.has_value());
    CHECK(policy.name == "{table}_{start:%Y_%m}");
    CHECK_FALSE(policy.retention.has_value());
    CHECK(policy.default_partition == PartitionPolicy::Default::none);
    CHECK(policy.swap.strategy == SwapStrategy::attach);
    CHECK(policy.swap.incoming_foreign_keys == IncomingForeignKeys::refuse);
    CHECK(policy.swap.unique_indexes == UniqueIndexes::refuse);
    CHECK_FALSE(policy.max_create.has_value());
}

TEST_CASE("a policy by numbers") {
    const PartitionPolicy policy =
        parse_policy("table = \"t\"\nkey = \"id\"\ninterval = 1000000\nstart = 0\n", "t.toml");
    CHECK(std::get<std::int64_t>(policy.interval) == 1000000);
    CHECK(policy.start == "0");
    CHECK(policy.name == "{table}_{start}");
}

TEST_CASE("what is wrong with a policy is shown at its place") {
    const std::string typo = policy_error(head + "[retention]\nkeep = \"1 year\"\nacton = \"drop\"\n");
    CHECK(contains(typo, "orders.toml:6:1: unknown key \"acton\" in [retention]"));
    CHECK(contains(typo, "  6 | acton = \"drop\"\n    | ^"));
    CHECK(contains(typo, "did you mean action?"));
    CHECK(contains(policy_error(head + "[swap]\nstrategy = \"atach\"\n"),
                   "orders.toml:5:12: swap.strategy: \"atach\" is not a valid value"));
    CHECK(contains(policy_error(head + "[swap]\nstrategy = \"atach\"\n"),
                   "did you mean \"attach\"? use one of attach, copy"));
    CHECK(contains(policy_error(head + "keep = \"1 year\"\n"), "keep belongs below [retention]"));
    CHECK(contains(policy_error(head + "[swap]\npremake = 3\n"), "move premake to the top, above all sections"));
    CHECK(contains(policy_error(head + "retention = 3\n"), "retention is a section"));
    CHECK(contains(policy_error(head + "[retenton]\nkeep = \"1 year\"\n"), "did you mean retention?"));
    CHECK(contains(policy_error(head + "[swap.x]\ny = 1\n"), "unknown key \"x\" in [swap]"));
    CHECK(contains(policy_error("key = \"k\"\ninterval = 1\n"), "the key table is missing"));
    CHECK(contains(policy_error("table = \"t\"\ninterval = 1\n"), "the key key is missing"));
    CHECK(contains(policy_error("table = \"t\"\nkey = \"k\"\n"), "the key interval is missing"));
    CHECK(contains(policy_error(head + "[retention]\n"), "the key retention.keep is missing"));
    CHECK(contains(policy_error("table = \"a.b.c\"\nkey = \"k\"\ninterval = 1\n"),
                   "orders.toml:1:9: table: a.b.c is not the name of a table"));
    CHECK(contains(policy_error("table = \"t\"\nkey = \"a b\"\ninterval = 1\n"),
                   "orders.toml:2:7: key: a b is not one name"));
}

TEST_CASE("values are checked one by one and together") {
    const std::string up_to_interval = "table = \"t\"\nkey = \"k\"\n";
    CHECK(contains(policy_error(up_to_interval + "interval = \"1\"\n"), "\"1\" is not a valid interval"));
    CHECK(contains(policy_error(up_to_interval + "interval = 0\n"), "0 is out of range"));
    CHECK(contains(policy_error(up_to_interval + "interval = \"10 seconds\"\n"), "at least one minute wide"));
    CHECK(contains(policy_error(head + "premake = -1\n"), "-1 is out of range"));
    CHECK(parse_policy(head + "premake = 0\n", "orders.toml").premake == 0);
    // For PostgreSQL these are west of Greenwich (POSIX).
    CHECK(contains(policy_error(head + "time_zone = \"UTC+9\"\n"), "\"UTC+9\" is not the name of a time zone"));
    CHECK(contains(policy_error(head + "time_zone = \"+09:00\"\n"), "is not the name of a time zone"));
    CHECK(parse_policy(head + "time_zone = \"Etc/GMT-9\"\n", "orders.toml").time_zone == "Etc/GMT-9");
    CHECK(contains(policy_error(head + "week_start = \"Sonntag\"\n"), "use one of monday"));
    CHECK(
        contains(policy_error(head + "[key_encoding]\nunit = \"snowflake\"\n"), "the epoch of these keys is missing"));
    CHECK(contains(policy_error(head + "[key_encoding]\nunit = \"ms\"\nepoch = \"2015-01-01\"\n"), "only snowflake"));
    CHECK(contains(policy_error(up_to_interval + "interval = 10\n[key_encoding]\nunit = \"ms\"\n"),
                   "the interval is a number"));
    CHECK(contains(policy_error(head + "premake = \"3\"\n"), "this must be an integer, but is a string"));
    CHECK(contains(policy_error(head + "start = \"January\"\n"), "\"January\" is not a valid date or time"));
    CHECK(contains(policy_error(up_to_interval + "interval = 10\nstart = \"2024-01-01\"\n"),
                   "\"2024-01-01\" is not an integer, but the interval is"));
    CHECK(contains(policy_error(up_to_interval + "interval = 10\n[retention]\nkeep = \"1 year\"\n"),
                   "the interval is a number, so this must be one too"));
    CHECK(contains(policy_error(head + "[retention]\nkeep = 36\n"), "the interval is a time, so this must be one too"));
    CHECK(contains(policy_error(head + "[retention]\nkeep = \"1 year\"\naction = \"delete\"\n"),
                   "use one of detach, drop, archive"));
    CHECK(contains(policy_error(head + "[retention]\nkeep = \"1 year\"\ngrace = \"7 days\"\n"),
                   "orders.toml:6:9: retention.grace: grace is for drop and archive only"));
    CHECK(contains(policy_error(head + "[retention]\nkeep = \"1 year\"\ncascade = \"true\"\n"),
                   "this must be true or false"));
    CHECK(contains(policy_error(head + "name = \"{table}_{start:%Y}\"\n"),
                   "orders.toml:4:8: name: two partitions of 1 month would get the same name"));
}

TEST_CASE("retention by count and by size, and what becomes of the partitions") {
    const PartitionPolicy policy = parse_policy(
        head +
            "[retention]\nkeep_partitions = 36\nkeep_size = \"500 GB\"\nonly_if = \"SELECT '{partition}' <> ''\"\n"
            "action = \"archive\"\ngrace = \"3 days\"\n[archive]\ndir = \"old\"\ncommand = \"cp {file} /mnt\"\n",
        "/etc/policies/orders.toml");
    REQUIRE(policy.retention.has_value());
    CHECK_FALSE(policy.retention->keep.has_value());
    CHECK(policy.retention->keep_partitions == 36);
    CHECK(policy.retention->keep_bytes == 500LL << 30);
    CHECK(policy.retention->action == RetentionPolicy::Action::archive);
    CHECK(policy.retention->grace == CalendarInterval{0, 3, 0});
    CHECK(policy.archive.dir == "/etc/policies/old");
    CHECK(policy.archive.command == "cp {file} /mnt");
    const std::string size = head + "[retention]\nkeep_size = ";
    CHECK(parse_policy(size + "\"12 kB\"\n", "t.toml").retention->keep_bytes == 12 << 10);
    CHECK(parse_policy(size + "\"3TB\"\n", "t.toml").retention->keep_bytes == 3LL << 40);
    for (const std::string wrong : {"0 GB", "GB", "5", "5 gb", "1.5 GB", "1234567 TB", "-1 GB", " 1 GB"})
        CHECK_MESSAGE(contains(policy_error(size + "\"" + wrong + "\"\n"), "is not a size"), wrong);
    CHECK(contains(policy_error(head + "[retention]\nkeep = \"1 year\"\naction = \"archive\"\n"),
                   "the directory of the archives is missing"));
    CHECK(contains(policy_error(head + "[retention]\nkeep = \"1 year\"\nonly_if = \"SELECT true\"\n"),
                   "{partition} is missing in it"));
    CHECK(contains(policy_error(head + "[archive]\ndir = \"a\"\ncommand = \"true\"\n"), "{file} is missing in it"));
    CHECK(contains(policy_error(head + "[archive]\ncommand = \"ls {file}\"\n"),
                   "the directory of the archives is missing"));
}

TEST_CASE("a folder of policies") {
    const TemporaryFolder folder;
    folder.write("b.toml", "table = \"b\"\nkey = \"k\"\ninterval = 1\n");
    folder.write("a.toml", "table = \"a\"\nkey = \"k\"\ninterval = 1\n");
    folder.write("notes.txt", "not a policy");
    folder.write(".hidden.toml", "not a policy");
    const auto policies = load_policies(folder.path());
    REQUIRE(policies.size() == 2);
    CHECK(policies[0].table.name == "a");
    CHECK(policies[1].table.name == "b");
    CHECK(policies[1].file == folder.path() / "b.toml");

    folder.write("c.toml", "table = \"public.A\"\nkey = \"k\"\ninterval = 1\n");
    CHECK(contains(usage_error_of([&] { load_policies(folder.path()); }), "are both for public.a"));
    CHECK(contains(usage_error_of([&] { load_policies(folder.path() / "none"); }),
                   "the directory of partition policies, "));
}

TEST_CASE("a file that can't be read, or is about another one's table, concerns itself alone") {
    const TemporaryFolder folder;
    folder.write("a.toml", "table = \"a\"\nkey = \"k\"\ninterval = 1\n");
    folder.write("b.toml", "table = \"b\"\nkey = \"k\"\nintervall = 1\n");
    folder.write("c.toml", "table = \"public.A\"\nkey = \"k\"\ninterval = 1\n");
    folder.write("d.toml", "table = \"d\"\nkey = \"k\"\ninterval = 1\n");
    const auto files = read_policy_files(folder.path());
    REQUIRE(files.size() == 4);
    CHECK(files[0].policy->table.name == "a");
    CHECK_FALSE(files[1].policy.has_value());
    CHECK(contains(files[1].error->hint(), "did you mean interval?"));
    CHECK(contains(files[2].error->message(), "are both for public.a"));
    CHECK(files[3].policy->table.name == "d");
}

TEST_CASE("the project's own policies are valid") {
    const auto policies = load_policies(std::string(TRIPMIG_SOURCE_DIR) + "/partitions");
    CHECK(policies.size() >= 1);
}
