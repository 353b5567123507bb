// Four hundred nights of five tables, against a model of its own: an outage of 90 days, a clock that is ten years ahead
// for one night, an archive disk that is full for a fortnight, and pg_dump at work.

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "place.hpp"
#include "year_model.hpp"

using namespace tripmig::test;
using namespace tripmig::test::year;
using nlohmann::json;

namespace {

constexpr int nights = 400;
constexpr int outage_from = 150;
constexpr int outage_to = 240;
constexpr int night_of_wrong_clock = 300;
constexpr int disk_full_from = 330;
constexpr int disk_full_to = 345;
constexpr int nights_between_dumps = 50;
constexpr int nights_between_looks = 5;  ///< at the whole catalog; what each night says of itself is held to the model
constexpr Key first_night = 1'704'078'000;  // 2024-01-01 03:00 UTC
constexpr Key rows_a_day = 300;

const std::string make_all_tables =
    "CREATE TABLE hits (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY, at date NOT NULL, note text) PARTITION BY RANGE (at);"
    "CREATE TABLE visits (id bigint GENERATED ALWAYS AS IDENTITY, at timestamptz NOT NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE events (at bigint PRIMARY KEY) PARTITION BY RANGE (at);"
    "CREATE TABLE readings (id bigint GENERATED ALWAYS AS IDENTITY, region int NOT NULL DEFAULT 1, at timestamptz NOT "
    "NULL) PARTITION BY RANGE (at);"
    "CREATE TABLE readings_2024_01 PARTITION OF readings FOR VALUES FROM ('2024-01-01 00:00+00') TO ('2024-02-01 "
    "00:00+00') PARTITION BY LIST (region);"
    "CREATE TABLE readings_2024_01_a PARTITION OF readings_2024_01 FOR VALUES IN (1);"
    "CREATE TABLE readings_2024_01_b PARTITION OF readings_2024_01 FOR VALUES IN (2);";

/// In the order of their policies' files.
std::vector<Model> make_models() {
    std::vector<Model> models;
    models.emplace_back(Rules{"events", Unit::thousands, 0, 3, 10, "drop", 3 * day});
    models.emplace_back(Rules{"hits", Unit::days, 0, 3, 30, "drop", 7 * day, 20});
    models.emplace_back(Rules{"orders", Unit::weeks, 0, 3, 10, "archive", 3 * day});
    models.emplace_back(Rules{"readings", Unit::months, 0, 2, 3, "drop", day});
    models.emplace_back(Rules{"visits", Unit::months, Key{9} * 3600, 3, 6, "detach", 0});
    models[3].m_parts.insert(models[3].cell(first_night));
    return models;
}

std::string width_of(Unit unit, int count) {
    if (unit == Unit::thousands)
        return std::to_string(count * 1000);
    return "\"" + std::to_string(count) +
           (unit == Unit::days    ? " day"
            : unit == Unit::weeks ? " week"
                                  : " month") +
           "\"";
}

std::string policy_of(const Rules& rules) {
    std::string text = "table = \"" + rules.table + "\"\nkey = \"at\"\ninterval = " + width_of(rules.unit, 1) +
                       "\npremake = " + std::to_string(rules.premake) +
                       "\nmax_create = " + std::to_string(rules.max_create) + "\n";
    if (rules.unit == Unit::thousands)
        text += "start = 0\n";
    else
        text += std::string("name = \"{table}_{start:%Y_%m") + (rules.unit == Unit::months ? "}\"\n" : "_%d}\"\n");
    if (rules.offset != 0)
        text += "time_zone = \"Asia/Seoul\"\n";
    text += "[retention]\nkeep = " + width_of(rules.unit, rules.keep) + "\naction = \"" + rules.action + "\"\n";
    if (rules.action != "detach")
        text += "grace = \"" + std::to_string(rules.grace / day) + " days\"\n";
    if (rules.action == "archive")
        text += "[archive]\ndir = \"../archive\"\n";
    if (rules.table == "hits" || rules.table == "events")
        text += "[analyze]\nparent = \"never\"\n";  // half of what a night takes
    return text;
}

/// Runs it as with a disk that is full: no file may grow beyond 32 kB, and write() says so.
std::vector<std::string> on_a_full_disk(const std::vector<std::string>& command) {
    std::vector<std::string> words{"/bin/sh", "-c", "trap '' XFSZ; ulimit -f 64; exec \"$@\"", "sh"};
    words.insert(words.end(), command.begin(), command.end());
    return words;
}

Names names_of(const json& leaves) {
    Names names;
    for (const json& leaf : leaves)
        names.insert(leaf["partition"].get<std::string>().substr(std::string("public.").size()));
    return names;
}

std::string text_of(const Names& names) {
    std::string text;
    for (const std::string& name : names)
        text += name + " ";
    return text;
}

/// Every night around what goes wrong, every other one elsewhere: a night takes a fifth of a second.
bool is_maintained(int night) {
    const bool is_out = outage_from <= night && night < outage_to;
    const bool is_after = outage_to <= night && night < outage_to + 20;
    return !is_out && (night % 2 == 0 || is_after || night == night_of_wrong_clock + 1 || night == nights - 1);
}

class Year {
  public:
    Year() {
        m_place.database.exec("SET TimeZone = 'UTC';" + make_all_tables);
        m_place.folder.write("tripmig.toml", "[report]\nmetrics_file = \"metrics\"\n");
        for (const Model& model : m_models)
            m_place.write_policy(model.m_rules.table, policy_of(model.m_rules));
    }

    void night(int number) {
        CAPTURE(number);
        const Key tonight = first_night + number * day;
        const Key now = number == night_of_wrong_clock ? tonight + 3653 * day : tonight;
        const bool is_disk_full = disk_full_from <= number && number < disk_full_to;
        const bool has_dump = number % nights_between_dumps == 20;
        std::vector<std::string> command = tripmig_command(
            {"partition", "maintain", "--json", "--now",
             m_place.database.scalar("SELECT to_char(to_timestamp($1::bigint), 'YYYY-MM-DD HH24:MI:SS')",
                                     {std::to_string(now)})});
        if (is_disk_full)
            command = on_a_full_disk(command);
        std::optional<BackgroundCommand> dump;
        if (has_dump)
            start_dump(dump);
        const CommandResult result = run_command(command, m_place.surroundings());
        if (has_dump)
            CHECK(dump->wait().exit_code == 0);
        CAPTURE(result.err);
        const json document = json::parse(result.out);
        REQUIRE(document["tables"].size() == m_models.size());
        std::set<int> codes;
        for (std::size_t i = 0; i < m_models.size(); ++i)
            codes.insert(judge(m_models[i], document["tables"][i], now, is_disk_full));
        CHECK(result.exit_code == (codes.size() == 1 ? *codes.begin() : 9));
        if (number % nights_between_looks == 0 || codes.size() > 1)
            check_catalog();
    }

    void write_rows(int number) {
        CAPTURE(number);
        const Key noon = first_night + Key{number} * day + Key{9} * 3600;
        for (Model& model : m_models) {
            const Rules& rules = model.m_rules;
            CAPTURE(rules.table);
            std::string sql =
                "INSERT INTO " + rules.table + " (at) VALUES (to_timestamp(" + std::to_string(noon) + "))";
            bool is_written = false;
            if (model.is_number()) {
                const Key first = model.m_newest.value_or(-1) + 1;
                is_written = model.insert(first, first + rows_a_day - 1, 1);
                sql = "INSERT INTO events SELECT generate_series(" + std::to_string(first) + ", " +
                      std::to_string(first + rows_a_day - 1) + ")";
            } else {
                const Key rows = rules.table == "orders" ? rows_a_day : 1;
                is_written = model.insert(noon, noon, rows);
                if (rules.table == "orders")
                    sql = "INSERT INTO orders (at, note) SELECT to_timestamp(" + std::to_string(noon) +
                          "), sha256(random()::text::bytea) FROM generate_series(1, " + std::to_string(rows) + ")";
            }
            CHECK(m_place.database.sqlstate_of(sql) == (is_written ? "" : "23514"));
            m_written[rules.table] += !is_written ? 0 : rules.table == "orders" || model.is_number() ? rows_a_day : 1;
        }
    }

    void finish() const {
        check_metrics(first_night + (nights - 1) * day);
        check_rows();
        check_archives();
    }

  private:
    Place m_place;
    std::vector<Model> m_models = make_models();
    std::map<std::string, Key> m_written;

    /// Until it has its locks: what is dropped before that makes any pg_dump fail.
    void start_dump(std::optional<BackgroundCommand>& dump) const {
        dump.emplace(std::vector<std::string>{"pg_dump", "-f", (m_place.folder.path() / "dump").string(),
                                              m_place.database.url()});
        comes_true([&] {
            return !dump->is_running() || m_place.database.scalar(
                                              "SELECT count(*) > 0 FROM pg_locks AS l JOIN pg_stat_activity AS a USING "
                                              "(pid) WHERE a.application_name = 'pg_dump' AND l.relation = "
                                              "'visits'::regclass AND l.granted") == "t";
        });
    }

    static int judge(Model& model, const json& table, Key now, bool is_disk_full) {
        CAPTURE(model.m_rules.table);
        const Night expected = model.live_through(now, is_disk_full);
        CHECK(table["code"] == expected.code);
        CHECK(text_of(names_of(table["created"])) == text_of(expected.created));
        CHECK(text_of(names_of(table["detached"])) == text_of(expected.detached));
        CHECK(text_of(names_of(table["dropped"])) == text_of(expected.dropped));
        const Health health = model.health(now);
        CHECK(table["health"]["ahead"] == health.ahead);
        CHECK(table["health"]["ahead_seconds"] == (health.seconds_ahead ? json(*health.seconds_ahead) : json()));
        CHECK(table["health"]["gaps"] == health.gaps);
        CHECK(table["health"]["retention_overdue"] == health.overdue);
        CHECK(table["health"]["detach_pending"] == 0);
        return expected.code;
    }

    /// All partitions with their bounds, and all tables that are none.
    void check_catalog() const {
        std::string expected;
        Names loose;
        for (const Model& model : m_models) {
            loose.insert(model.m_rules.table);
            for (const Detached& detached : model.m_detached)
                loose.insert(model.name(detached.part));
            for (const Part& part : model.m_parts)
                expected += model.name(part) + " " + std::to_string(part.from) + " " + std::to_string(part.to) + "\n";
        }
        const std::string found = m_place.database.scalar(R"(
            SELECT string_agg(format('%s %s %s%s', name, edges[1], edges[2], chr(10)), '' ORDER BY parent, edges[1])
            FROM (SELECT p.relname AS parent, c.relname AS name,
                         ARRAY(SELECT CASE WHEN p.relname = 'events' THEN m[1]::bigint
                                      ELSE extract(epoch FROM m[1]::timestamptz)::bigint END
                               FROM regexp_matches(pg_get_expr(c.relpartbound, c.oid), '\(''([^'']+)''\)', 'g')
                                    WITH ORDINALITY AS each (m, place) ORDER BY place) AS edges
                  FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid JOIN pg_class AS p ON p.oid = i.inhparent
                  WHERE p.relname IN ('events', 'hits', 'orders', 'readings', 'visits')) AS leaves)");
        CHECK(found == expected);
        const std::string others = m_place.database.scalar(
            "SELECT string_agg(relname || ' ', '' ORDER BY relname COLLATE \"C\") FROM pg_class WHERE relnamespace = "
            "'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition AND relname NOT SIMILAR TO "
            "'readings%(a|b)'");
        CHECK(others == text_of(loose));
        CHECK(m_place.database.scalar("SELECT count(*) FROM pg_class WHERE relname SIMILAR TO 'readings%(a|b)'") ==
              std::to_string(2 * (m_models[3].m_parts.size() + m_models[3].m_detached.size())));
    }

    void check_metrics(Key now) const {
        std::map<std::string, std::string> values;
        std::istringstream lines(m_place.folder.read("metrics"));
        for (std::string line; std::getline(lines, line);)
            values[line.substr(0, line.rfind(' '))] = line.substr(line.rfind(' ') + 1);
        CHECK(values["tripmig_last_run_exit_code{command=\"partition maintain\"}"] == "0");
        for (const Model& model : m_models) {
            CAPTURE(model.m_rules.table);
            const Health health = model.health(now);
            const auto metric = [&](const std::string& name) {
                return values["tripmig_partition_" + name + "{table=\"public." + model.m_rules.table + "\"}"];
            };
            CHECK(metric("ahead") == std::to_string(health.ahead));
            CHECK(metric("seconds_ahead") == (health.seconds_ahead ? std::to_string(*health.seconds_ahead) : ""));
            CHECK(metric("gaps") == std::to_string(health.gaps));
            CHECK(metric("default_rows") == "0");
            CHECK(metric("detach_pending") == "0");
            CHECK(metric("retention_overdue") == std::to_string(health.overdue));
            CHECK_FALSE(metric("last_success_timestamp_seconds").empty());
        }
    }

    /// Each row is in its partition, and nowhere else.
    void check_rows() const {
        for (const Model& model : m_models) {
            Key all = 0;
            for (const auto& each_part : model.m_rows) {
                const auto& part = each_part.first;
                const auto rows = each_part.second;
                const std::string table = model.name(part);
                const bool is_kept = model.m_parts.count(part) != 0 ||
                                     std::any_of(model.m_detached.begin(), model.m_detached.end(),
                                                 [&](const Detached& each) { return each.part == part; });
                all += rows;
                if (is_kept)
                    CHECK(m_place.database.scalar("SELECT count(*) FROM " + table) == std::to_string(rows));
            }
            CHECK(all == m_written.at(model.m_rules.table));
        }
    }

    void check_archives() const {
        const Model& orders = m_models[2];
        Names files;
        for (const auto& entry : std::filesystem::directory_iterator(m_place.folder.path() / "archive/orders"))
            files.insert(entry.path().filename().string());
        Names expected;
        for (const std::string& name : orders.m_archived)
            expected.insert(name + ".sql.zst");
        CHECK(text_of(files) == text_of(expected));
        CHECK(files.size() > 20);
        const TestDatabase other;
        const CommandResult restored = run_command(
            {"/bin/sh", "-c", "for file in archive/orders/*; do zstdcat $file | psql -qX \"$DATABASE_URL\"; done"},
            {{{"DATABASE_URL", other.url()}}, m_place.folder.path(), {}});
        CHECK(restored.err.empty());
        for (const auto& [part, rows] : orders.m_rows)
            if (orders.m_archived.count(orders.name(part)) != 0)
                CHECK(other.scalar("SELECT count(DISTINCT note) FROM " + orders.name(part)) == std::to_string(rows));
    }
};

}  // namespace

TEST_CASE("a year of nights: every partition, archive and metric is as the model says") {
    Year year;
    for (int night = 0; night < nights; ++night) {
        if (is_maintained(night))
            year.night(night);
        year.write_rows(night);
    }
    year.finish();
}
