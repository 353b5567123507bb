#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include "base/nearest.hpp"
#include "config/name_pattern.hpp"
#include "config/parse_policy.hpp"
#include "config/policy_table.hpp"

namespace tripmig::config {

namespace {

namespace fs = std::filesystem;

using Settings = std::map<std::string, Setting>;  ///< by "retention.keep"

std::string path_of(std::string_view section, std::string_view key) {
    return section.empty() ? std::string(key) : fmt::format("{}.{}", section, key);
}

bool is_section(std::string_view name) {
    return std::any_of(policy_keys().begin(), policy_keys().end(),
                       [&](const PolicyKey& key) { return !name.empty() && key.section == name; });
}

const PolicyKey* find_key(std::string_view section, std::string_view key) {
    const auto found = std::find_if(policy_keys().begin(), policy_keys().end(),
                                    [&](const PolicyKey& row) { return row.section == section && row.key == key; });
    return found == policy_keys().end() ? nullptr : &*found;
}

/// Names what may stand where the entry stands: keys of its section, and at the top the sections too.
Error unknown_entry(const TomlEntry& entry) {
    const std::string section = entry.path.size() > 1 ? entry.path.front() : "";
    const std::string& name = entry.path.back();
    std::vector<std::string> known;
    for (const PolicyKey& row : policy_keys()) {
        if (row.section == section)
            known.emplace_back(row.key);
        else if (section.empty() && std::find(known.begin(), known.end(), row.section) == known.end())
            known.emplace_back(row.section);
    }
    const std::string meant = nearest(name.substr(0, 64), known);
    const auto home =
        std::find_if(policy_keys().begin(), policy_keys().end(), [&](const PolicyKey& row) { return row.key == name; });
    std::string hint =
        meant.empty() ? fmt::format("known here: {}", fmt::join(known, ", ")) : fmt::format("did you mean {}?", meant);
    if (home != policy_keys().end())
        hint = home->section.empty() ? fmt::format("move {} to the top, above all sections", name)
                                     : fmt::format("{} belongs below [{}]", name, home->section);
    return unknown_key_error(entry, hint);
}

Settings collect(const std::vector<TomlEntry>& entries, const fs::path& folder) {
    Settings settings;
    for (const TomlEntry& entry : entries) {
        const bool at_top = entry.path.size() == 1;
        if (at_top && is_section(entry.path[0])) {
            if (entry.value.kind != TomlValue::Kind::table)
                throw not_a_section_error(entry);
            continue;
        }
        const std::string section = at_top ? "" : entry.path[0];
        if (entry.path.size() > 2 || find_key(section, entry.path.back()) == nullptr)
            throw unknown_entry(entry);
        const std::string path = path_of(section, entry.path.back());
        settings.emplace(path, Setting(path, entry, folder));
    }
    return settings;
}

void require(const Settings& settings, const std::string& path, const std::string& name, const std::string& hint) {
    if (settings.count(path) == 0)
        throw Error(ExitCode::usage, fmt::format("{}: the key {} is missing", name, path), hint);
}

void check_start(const PartitionPolicy& policy, const Setting& setting) {
    if (std::holds_alternative<CalendarInterval>(policy.interval)) {
        if (!parse_timestamp(*policy.start))
            throw setting.error(fmt::format("{} is not a valid date or time", setting.shown()),
                                "write \"2024-01-01\"; times are UTC");
        return;
    }
    std::int64_t number = 0;
    const char* const end = policy.start->data() + policy.start->size();
    const auto [rest, failure] = std::from_chars(policy.start->data(), end, number);
    if (failure != std::errc{} || rest != end)
        throw setting.error(fmt::format("{} is not an integer, but the interval is", setting.shown()),
                            "write the lower bound of the first partition");
}

void check_encoding(const PartitionPolicy& policy, const Settings& settings) {
    using Unit = KeyEncoding::Unit;
    const KeyEncoding& encoding = policy.key_encoding;
    if (encoding.epoch && encoding.unit != Unit::snowflake)
        throw settings.at("key_encoding.epoch").error("only snowflake keys have their own epoch", "remove it");
    if (encoding.unit == Unit::none)
        return;
    const Setting& unit = settings.at("key_encoding.unit");
    if (encoding.unit == Unit::snowflake && !encoding.epoch)
        throw unit.error("the epoch of these keys is missing",
                         "write epoch = \"2015-01-01\" below [key_encoding]: the time that the key 0 stands for");
    if (std::holds_alternative<std::int64_t>(policy.interval))
        throw unit.error("the key is a time, but the interval is a number", "write interval = \"1 month\"");
}

void check_action(const PartitionPolicy& policy, const Settings& settings) {
    using Action = RetentionPolicy::Action;
    const Action action = policy.retention ? policy.retention->action : Action::detach;
    if (const auto grace = settings.find("retention.grace"); grace != settings.end() && action == Action::detach)
        throw grace->second.error("grace is for drop and archive only",
                                  "write action = \"drop\" or \"archive\", or remove it");
    if (action == Action::archive && policy.archive.dir.empty())
        throw settings.at("retention.action")
            .error("the directory of the archives is missing", "write dir = \"archive\" below [archive]");
    if (!policy.archive.command.empty() && policy.archive.dir.empty())
        throw settings.at("archive.command")
            .error("the directory of the archives is missing", "write dir = \"archive\" below [archive]");
}

/// What only shows when all keys are there.
void check_together(PartitionPolicy& policy, const Settings& settings) {
    const auto name = settings.find("name");
    if (name == settings.end())
        policy.name = default_name_pattern(policy.interval);
    try {
        check_name_pattern(policy.name, policy.interval);
    } catch (const Error& failure) {
        throw name == settings.end() ? failure : name->second.error(failure.message(), failure.hint());
    }
    if (policy.start)
        check_start(policy, settings.at("start"));
    if (policy.retention && policy.retention->keep && policy.retention->keep->index() != policy.interval.index())
        throw std::holds_alternative<std::int64_t>(policy.interval)
            ? settings.at("retention.keep")
                  .error("the interval is a number, so this must be one too",
                         "write how far below the newest key partitions are kept: keep = 100000000")
            : settings.at("retention.keep")
                  .error("the interval is a time, so this must be one too", "write keep = \"36 months\"");
    check_encoding(policy, settings);
    check_action(policy, settings);
}

}  // namespace

PartitionPolicy parse_policy(std::string_view text, const std::string& name) {
    const std::vector<TomlEntry> entries = parse_toml(text, name);
    const Settings settings = collect(entries, fs::path(name).parent_path());
    require(settings, "table", name, "write table = \"public.orders\"");
    require(settings, "key", name, "write key = \"created_at\", the column of the partition key");
    require(settings, "interval", name, "write interval = \"1 month\", or a number for an integer key");
    const bool has_retention = std::any_of(entries.begin(), entries.end(),
                                           [](const TomlEntry& entry) { return entry.path[0] == "retention"; });
    if (has_retention && settings.count("retention.keep_partitions") + settings.count("retention.keep_size") == 0)
        require(settings, "retention.keep", name,
                "write keep = \"36 months\", keep_partitions or keep_size below [retention], or remove the section");
    PartitionPolicy policy;
    for (const PolicyKey& row : policy_keys()) {
        const auto found = settings.find(path_of(row.section, row.key));
        if (found != settings.end())
            row.set(policy, found->second);
    }
    check_together(policy, settings);
    return policy;
}

PartitionPolicy load_policy(const fs::path& file) {
    PartitionPolicy policy = parse_policy(read_text_file(file), file.string());
    policy.file = file;
    return policy;
}

std::string_view KeyEncoding::name() const {
    constexpr std::array<std::string_view, 8> names{"none", "s", "ms", "us", "ns", "v7", "ulid", "snowflake"};
    return names.at(static_cast<std::size_t>(unit));
}

namespace {

std::vector<fs::path> policy_paths(const fs::path& directory) {
    std::error_code failure;
    std::vector<fs::path> files;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory, failure)) {
        std::error_code ignored;
        const bool is_hidden = entry.path().filename().string().front() == '.';
        if (!is_hidden && entry.path().extension() == ".toml" && entry.is_regular_file(ignored))
            files.push_back(entry.path());
    }
    if (failure == std::errc::no_such_file_or_directory)
        throw Error(
            ExitCode::usage, fmt::format("the directory of partition policies, {}, does not exist", directory.string()),
            "create it, with a file TABLE.toml for each table (`tripmig partition init TABLE` writes that of a "
            "partitioned table), or set another one with --partitions DIR or `dir` in [partitions] of tripmig.toml");
    if (failure)
        throw Error(
            ExitCode::usage,
            fmt::format("cannot read the directory of partition policies {}: {}", directory.string(),
                        failure.message()),
            "let this user read it, or set another one with --partitions DIR or `dir` in [partitions] of tripmig.toml");
    std::sort(files.begin(), files.end());
    return files;
}

PolicyFile read_policy_file(const fs::path& file, const std::vector<PolicyFile>& before) {
    PolicyFile read;
    read.file = file;
    try {
        PartitionPolicy policy = load_policy(file);
        const auto former = std::find_if(before.begin(), before.end(), [&](const PolicyFile& other) {
            return other.policy && other.policy->table == policy.table;
        });
        if (former != before.end())
            throw Error(ExitCode::usage,
                        fmt::format("{} and {} are both for {}.{}", former->file.string(), file.string(),
                                    policy.table.schema, policy.table.name),
                        "a table has one policy: keep one of the two files");
        read.policy = std::move(policy);
    } catch (const Error& error) {
        read.error = error;
    }
    return read;
}

}  // namespace

std::vector<PolicyFile> read_policy_files(const fs::path& directory) {
    std::vector<PolicyFile> files;
    for (const fs::path& path : policy_paths(directory))
        files.push_back(read_policy_file(path, files));
    return files;
}

std::vector<PartitionPolicy> load_policies(const fs::path& directory) {
    std::vector<PartitionPolicy> policies;
    for (PolicyFile& file : read_policy_files(directory)) {
        if (file.error)
            throw Error(*file.error);
        policies.push_back(std::move(*file.policy));
    }
    return policies;
}

}  // namespace tripmig::config
