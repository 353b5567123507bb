#include "config/option_table.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>

#include "config/connection_string.hpp"
#include "config/dialects.hpp"
#include "config/identifier.hpp"

namespace tripmig::config {

namespace {

using std::chrono::milliseconds;
using Pooler = DatabaseConfig::Pooler;

constexpr milliseconds zero{0};
constexpr milliseconds one_millisecond{1};

std::map<std::string, std::string> connection(const Setting& setting) {
    try {
        return parse_connection_string(setting.as_non_empty_text());
    } catch (const Error& failure) {
        throw setting.error(failure.message(), failure.hint());
    }
}

/// A password in a URL outranks a password file or command of a lower source: who overrides the URL means its password
/// too.
void set_url(Config& config, const Setting& setting) {
    config.database.parameters = connection(setting);
    if (config.database.parameters.count("password") != 0) {
        config.database.password_file.clear();
        config.database.password_command.clear();
    }
}

void set_password_file(Config& config, const Setting& setting) {
    config.database.password_file = setting.as_path();
    config.database.password_command.clear();
}

void set_password_command(Config& config, const Setting& setting) {
    config.database.password_command = setting.as_non_empty_text();
    config.database.password_file.clear();
}

template <typename Unit>
Unit whole(const Setting& setting, milliseconds least, std::string_view unit) {
    const milliseconds duration = setting.as_duration(least);
    const auto rounded = std::chrono::duration_cast<Unit>(duration);
    if (rounded != duration)
        throw setting.error(fmt::format("{} is not a whole number of {}s", setting.shown(), unit),
                            fmt::format("write whole {}s", unit));
    return rounded;
}

void set_schema(Config& config, const Setting& setting) {
    std::string schema;
    try {
        schema = parse_identifier(setting.as_non_empty_text());
    } catch (const Error& failure) {
        throw setting.error(failure.message(), failure.hint());
    }
    if (schema.rfind("pg_", 0) == 0 || schema == "information_schema")
        throw setting.error(fmt::format("schema \"{}\" belongs to PostgreSQL", schema),
                            "choose another name, such as \"tripmig\"");
    config.state.schema = schema;
}

void set_placeholder(Config& config, const Setting& setting) {
    const std::string& name = setting.name();
    const bool clean = !name.empty() && name.find_first_of("{}$ \t\r\n") == std::string::npos;
    if (!clean)
        throw setting.error(fmt::format("\"{}\" cannot be the name of a placeholder", name),
                            "a name is written between ${ and }: no spaces, braces or dollar signs");
    config.migrations.placeholders[name] = setting.as_text();
}

int small_integer(const Setting& setting, int least, int most) {
    return static_cast<int>(setting.as_integer(least, most));
}

void add_database(std::vector<Option>& table) {
    table.insert(
        table.end(),
        {{"database", "url", "connection string", "",
          "The database: a URI, key=value or ADO.NET string. Default: libpq's PG* variables.", set_url, "--url"},
         {"database", "direct_url", "connection string", "",
          "The same database without the transaction pooler, for session locks.",
          [](Config& c, const Setting& s) { c.database.direct_parameters = connection(s); }},
         {"database", "password_file", "path", "", "A file with the password. It is read again for every connection.",
          set_password_file},
         {"database", "password_command", "string", "",
          "A shell command that prints the password or a token. It runs for every connection.", set_password_command},
         {"database", "pooler", "detect, none, session", "detect",
          "What is in front of the server. detect: find out. none: nothing. session: a pooler that keeps a session on "
          "one server connection.",
          [](Config& c, const Setting& s) {
              c.database.pooler = std::array{Pooler::detect, Pooler::none, Pooler::session}.at(
                  s.as_choice({"detect", "none", "session"}));
          }},
         {"database", "connect_timeout", "duration", "10s",
          "How long one attempt to connect may take, in whole seconds. A connect_timeout in the URL overrides it.",
          [](Config& c, const Setting& s) {
              c.database.connect_timeout = whole<std::chrono::seconds>(s, std::chrono::seconds(1), "second");
          }}});
}

void add_state_and_migrations(std::vector<Option>& table) {
    table.insert(
        table.end(),
        {{"state", "schema", "string", "tripmig",
          "The schema of tripmig's own tables. The run lock is derived from its name.", set_schema},
         {"migrations", "dir", "path", "migrations", "The directory of the migration files.",
          [](Config& c, const Setting& s) { c.migrations.dir = s.as_path(); }, "--migrations"},
         {"migrations", "dialect", dialect_choices_text, "auto",
          "Which tool's file names and markers the files have. auto: detected from the files.",
          [](Config& c, const Setting& s) {
              c.migrations.dialect = dialect_choices.at(s.as_choice({dialect_choices.begin(), dialect_choices.end()}));
          },
          "--dialect"},
         {"migrations", "allow_empty", "boolean", "false",
          "true: accept a directory without any migration. By default it is an error: a wrong path, a missing volume.",
          [](Config& c, const Setting& s) { c.migrations.allow_empty = s.as_boolean(); }, "--allow-empty"},
         {"migrations", "placeholders", "table", "", "The values of `${name}` in migrations.", set_placeholder},
         {"migrations", "lock_timeout", "duration", "500ms",
          "How long one statement waits for a lock before it is retried.",
          [](Config& c, const Setting& s) { c.migrations.lock_timeout = s.as_duration(one_millisecond); }},
         {"migrations", "lock_deadline", "duration", "5min",
          "How long one migration is retried for its locks, in total.",
          [](Config& c, const Setting& s) { c.migrations.lock_deadline = s.as_duration(zero); }},
         {"migrations", "run_lock_wait", "duration", "15min", "How long a run waits for another one to end.",
          [](Config& c, const Setting& s) { c.migrations.run_lock_wait = s.as_duration(zero); }},
         {"migrations", "inline_swap_rows", "integer", "100000",
          "A swap in a migration runs within `up` if the table has at most this many rows.",
          [](Config& c, const Setting& s) {
              c.migrations.inline_swap_rows = s.as_integer(0, std::numeric_limits<std::int64_t>::max());
          }},
         {"migrations", "check_drift", "off, warn, refuse", "off",
          "What `up` does before it applies something when the schema was changed by hand since the last run: nothing, "
          "a "
          "warning, or exit 12.",
          [](Config& c, const Setting& s) {
              using CheckDrift = MigrationsConfig::CheckDrift;
              c.migrations.check_drift = std::array{CheckDrift::off, CheckDrift::warn, CheckDrift::refuse}.at(
                  s.as_choice({"off", "warn", "refuse"}));
          },
          "--check-drift"}});
}

void add_partitions(std::vector<Option>& table) {
    table.insert(
        table.end(),
        {{"partitions", "dir", "path", "partitions", "The directory of the partition policies, one file per table.",
          [](Config& c, const Setting& s) { c.partitions.dir = s.as_path(); }, "--partitions"},
         {"partitions", "max_create", "integer", "60",
          "Gaps that need more new partitions than this are refused; the present one and premake are always created. A "
          "policy's own value overrides it.",
          [](Config& c, const Setting& s) { c.partitions.max_create = small_integer(s, 1, 100'000); }},
         {"partitions", "max_drop", "integer", "12",
          "Retention detaches at most this many partitions per run; the next runs detach the others. A policy's own "
          "value overrides it.",
          [](Config& c, const Setting& s) { c.partitions.max_drop = small_integer(s, 0, 100'000); }}});
}

void add_swap(std::vector<Option>& table) {
    table.insert(
        table.end(),
        {{"swap", "workers", "integer", "0",
          "Connections that copy and build indexes at the same time, each with one server process; an index that is "
          "built alone may use as many processes. 0: one per two cores.",
          [](Config& c, const Setting& s) { c.swap.workers = small_integer(s, 0, 256); }},
         {"swap", "chunk_target", "duration", "500ms", "How long one chunk should take; the chunk size adapts to it.",
          [](Config& c, const Setting& s) { c.swap.chunk_target = s.as_duration(one_millisecond); }},
         {"swap", "margin", "duration", "72h",
          "If less than this is left of the current interval, the past ends one interval later. Whole hours. No "
          "cut-over is attempted in the last third of this time, or in the last 30th of the interval if that is "
          "shorter.",
          [](Config& c, const Setting& s) { c.swap.margin = whole<std::chrono::hours>(s, zero, "hour"); }},
         {"swap", "final_keys", "integer", "100",
          "The cut-over begins when at most this many changed keys are left to apply.",
          [](Config& c, const Setting& s) { c.swap.final_keys = small_integer(s, 1, 100'000); }},
         {"swap", "max_lock_hold", "duration", "1s", "How long the cut-over may hold its locks before it rolls back.",
          [](Config& c, const Setting& s) { c.swap.max_lock_hold = s.as_duration(one_millisecond); }},
         {"swap", "lock_budget", "duration", "100ms", "How long one cut-over attempt waits for all its locks together.",
          [](Config& c, const Setting& s) { c.swap.lock_budget = s.as_duration(one_millisecond); }},
         {"swap", "blocker_age", "duration", "500ms",
          "No attempt starts while a transaction older than this holds a lock on the tables.",
          [](Config& c, const Setting& s) { c.swap.blocker_age = s.as_duration(zero); }},
         {"swap", "cutover_deadline", "duration", "10min", "How long the cut-over is retried, in total.",
          [](Config& c, const Setting& s) { c.swap.cutover_deadline = s.as_duration(zero); }},
         {"swap", "max_replica_lag", "duration", "10s", "Copying pauses while a replica is further behind than this.",
          [](Config& c, const Setting& s) { c.swap.max_replica_lag = s.as_duration(one_millisecond); }},
         {"swap", "max_active_backends", "integer", "0",
          "Copying pauses while more backends than this are active. 0: no limit.",
          [](Config& c, const Setting& s) { c.swap.max_active_backends = small_integer(s, 0, 1'000'000); }},
         {"swap", "rest", "integer", "0",
          "Pause after each chunk or step, in percent of the time it took, at most 60 `chunk_target`s. 100: it works "
          "half of the time.",
          [](Config& c, const Setting& s) { c.swap.rest = small_integer(s, 0, 10'000); }},
         {"swap", "rest_when_busy", "integer", "0",
          "The same, but only while the server is busy (more than 50 transactions a second by others); the larger of "
          "the two counts. 0: full speed.",
          [](Config& c, const Setting& s) { c.swap.rest_when_busy = small_integer(s, 0, 10'000); }},
         {"swap", "probe", "string", "",
          "A SELECT that returns one boolean, run between chunks; work waits until it is true.",
          [](Config& c, const Setting& s) { c.swap.probe = s.as_non_empty_text(); }}});
}

void add_report(std::vector<Option>& table) {
    table.insert(
        table.end(),
        {{"report", "metrics_file", "path", "",
          "A file for Prometheus' textfile collector: the last run of each command, and its last success.",
          [](Config& c, const Setting& s) { c.report.metrics_file = s.as_path(); }},
         {"report", "color", "auto, always, never", "auto",
          "Colours in messages. auto: on a terminal, unless NO_COLOR is set.", [](Config& c, const Setting& s) {
              static const std::vector<std::string> choices{"auto", "always", "never"};
              c.report.color = choices.at(s.as_choice(choices));
          }}});
}

void add_hooks(std::vector<Option>& table) {
    table.insert(table.end(), {{"hooks", "before", "string", "",
                                "A shell command, or the URL of an HTTP POST, that gets a JSON event before `up`, "
                                "`partition maintain` and each "
                                "stage of a job. When it fails, nothing is done (exit 12).",
                                [](Config& c, const Setting& s) { c.hooks.before = s.as_non_empty_text(); }},
                               {"hooks", "after", "string", "",
                                "The same afterwards. When it fails, it is tried again, then reported.",
                                [](Config& c, const Setting& s) { c.hooks.after = s.as_non_empty_text(); }},
                               {"hooks", "timeout", "duration", "30s", "How long one call of a hook may take.",
                                [](Config& c, const Setting& s) { c.hooks.timeout = s.as_duration(one_millisecond); }},
                               {"hooks", "attempts", "integer", "3", "How often an after-hook is tried.",
                                [](Config& c, const Setting& s) { c.hooks.attempts = small_integer(s, 1, 20); }}});
}

std::vector<Option> all_options() {
    std::vector<Option> table;
    add_database(table);
    add_state_and_migrations(table);
    add_partitions(table);
    add_swap(table);
    add_report(table);
    add_hooks(table);
    return table;
}

}  // namespace

std::string Option::path() const {
    return fmt::format("{}.{}", section, key);
}

std::string Option::environment_name() const {
    std::string name = fmt::format("TRIPMIG_{}_{}", section, key);
    std::transform(name.begin(), name.end(), name.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return name;
}

const std::vector<Option>& options() {
    static const std::vector<Option> table = all_options();
    return table;
}

const Option* find_option(std::string_view section, std::string_view key) {
    const auto found = std::find_if(options().begin(), options().end(), [&](const Option& option) {
        return option.section == section && option.key == key;
    });
    return found == options().end() ? nullptr : &*found;
}

std::vector<std::string> section_names() {
    std::vector<std::string> names;
    for (const Option& option : options()) {
        if (names.empty() || names.back() != option.section)
            names.emplace_back(option.section);
    }
    return names;
}

}  // namespace tripmig::config
