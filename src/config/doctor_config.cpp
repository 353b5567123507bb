#include "config/doctor_config.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cctype>
#include <charconv>
#include <limits>
#include <optional>

#include "base/nearest.hpp"
#include "config/characters.hpp"

namespace tripmig::config {

namespace {

/// A number or true and false need no quotes.
std::string plain_value(const Setting& setting) {
    const TomlValue& value = setting.value();
    using Kind = TomlValue::Kind;
    if (value.kind == Kind::integer || value.kind == Kind::decimal || value.kind == Kind::boolean)
        return value.text;
    return setting.as_non_empty_text();
}

constexpr std::array<std::string_view, 6> byte_units{"b", "kb", "mb", "gb", "tb", "pb"};

/// "64 GB", "512MB", "8kB": one whole number and one of PostgreSQL's units, each 1024 of the one before
/// (manual 20.1.1); large and small letters count alike. nullopt for anything else, and for one that overflows.
std::optional<std::int64_t> parse_byte_size(std::string_view text) {
    std::int64_t number = 0;
    const auto [rest, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (failure != std::errc{} || number < 0)
        return std::nullopt;
    std::string unit;
    for (const char c : text.substr(static_cast<std::size_t>(rest - text.data())))
        if (c != ' ')
            unit += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    std::int64_t factor = 1;
    for (const std::string_view known : byte_units) {
        if (unit == known)
            return number > std::numeric_limits<std::int64_t>::max() / factor ? std::nullopt
                                                                              : std::optional(number * factor);
        factor *= 1024;
    }
    return std::nullopt;
}

std::int64_t byte_size(const Setting& setting) {
    const std::string text = setting.as_non_empty_text();
    const auto bytes = parse_byte_size(text);
    if (!bytes || *bytes == 0)
        throw setting.error(fmt::format("{} is not a size", setting.shown()),
                            R"(write a number and a unit: "512 MB", "64 GB", "1 TB")");
    return *bytes;
}

std::vector<DoctorKey> all_doctor_keys() {
    return {
        {"parameters", "table", "Server parameters as they should be, with their units. Only these are compared.",
         [](DoctorConfig& c, const Setting& s) { c.parameters[lower_case(s.name())] = plain_value(s); }},
        {"roles", "table",
         "Roles, and what each may do with every table of a schema: `SELECT, INSERT ON SCHEMA app`. Without ON SCHEMA: "
         "public.",
         [](DoctorConfig& c, const Setting& s) { c.roles[s.name()] = s.as_non_empty_text(); }},
        {"disk_size", "size", "The server's disk. It is a warning when databases fill 80 % of it, an error at 90 %.",
         [](DoctorConfig& c, const Setting& s) { c.disk_size = byte_size(s); }},
        {"memory", "size",
         "The server's memory. work_mem times max_connections, and shared_buffers, are compared with it.",
         [](DoctorConfig& c, const Setting& s) { c.memory = byte_size(s); }},
        {"backup_age", "duration", "At most so old may the newest backup be.",
         [](DoctorConfig& c, const Setting& s) { c.backup_age = s.as_duration(std::chrono::milliseconds(1)); }},
        {"backup_file", "path",
         "A file that each successful backup writes or touches. Without it the age of the newest archived WAL counts.",
         [](DoctorConfig& c, const Setting& s) { c.backup_file = s.as_path(); }},
        {"schema_file", "path", "What `tripmig dump` wrote. The database is compared with it, as `dump --check` does.",
         [](DoctorConfig& c, const Setting& s) { c.schema_file = s.as_path(); }},
    };
}

const DoctorKey& require_key(const TomlEntry& entry) {
    std::vector<std::string> names;
    for (const DoctorKey& key : doctor_keys()) {
        if (key.key == entry.path[1])
            return key;
        names.emplace_back(key.key);
    }
    const std::string meant = nearest(entry.path[1].substr(0, 64), names);
    throw unknown_key_error(entry, meant.empty() ? fmt::format("[doctor] has {}", fmt::join(names, ", "))
                                                 : fmt::format("did you mean {}?", meant));
}

}  // namespace

const std::vector<DoctorKey>& doctor_keys() {
    static const std::vector<DoctorKey> keys = all_doctor_keys();
    return keys;
}

DoctorConfig parse_doctor_config(const std::vector<TomlEntry>& entries, const std::filesystem::path& folder) {
    DoctorConfig config;
    for (const TomlEntry& entry : entries) {
        if (entry.path.front() != "doctor")
            continue;
        if (entry.path.size() == 1) {
            if (entry.value.kind != TomlValue::Kind::table)
                throw not_a_section_error(entry);
            continue;
        }
        const DoctorKey& key = require_key(entry);
        const Setting setting(entry.path.size() == 2 ? entry.path[1] : entry.path[1] + "." + entry.path[2], entry,
                              folder);
        if (!key.is_table() || entry.path.size() == 3)
            key.set(config, setting);
        else if (entry.path.size() == 2 && entry.value.kind != TomlValue::Kind::table)
            throw setting.error("this is a table of names and values",
                                fmt::format("write [doctor.{}] and below it name = \"value\"", key.key));
    }
    return config;
}

DoctorConfig load_doctor_config(const std::filesystem::path& file) {
    if (file.empty())
        return {};
    return parse_doctor_config(parse_toml(read_text_file(file), file.filename().string()), file.parent_path());
}

}  // namespace tripmig::config
