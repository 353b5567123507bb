#include "doctor/schema_facts.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>
#include <string_view>

#include "base/error.hpp"
#include "config/identifier.hpp"
#include "doctor/statements.hpp"

namespace tripmig::doctor {

namespace {

constexpr std::array<std::string_view, 7> table_rights{"SELECT",   "INSERT",     "UPDATE", "DELETE",
                                                       "TRUNCATE", "REFERENCES", "TRIGGER"};
constexpr int has_database_collation = 150000;

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

/// What stands between commas, without blanks around it.
std::vector<std::string> items(const std::string& text) {
    std::vector<std::string> all;
    std::istringstream stream(text);
    for (std::string item; std::getline(stream, item, ',');) {
        const std::size_t first = item.find_first_not_of(" \t");
        const std::size_t last = item.find_last_not_of(" \t");
        all.push_back(first == std::string::npos ? "" : item.substr(first, last - first + 1));
    }
    return all;
}

std::vector<CollationVersion> read_collations(Reader& reader) {
    std::vector<CollationVersion> found;
    for (const db::Row& row : reader.rows(statements::collations))
        found.push_back({row.text("name"), row.text("recorded"), row.text("actual")});
    if (reader.connection().server_version() >= has_database_collation)
        for (const db::Row& row : reader.rows(statements::database_collation))
            found.push_back({"", row.text("recorded"), row.text("actual")});
    return found;
}

void read_indexes(Reader& reader, SchemaFacts& facts) {
    facts.invalid_indexes = see(reader.connection(), [&] {
        std::vector<InvalidIndex> found;
        for (const db::Row& row : reader.rows(statements::invalid_indexes))
            found.push_back({row.name(),
                             {row.text("schema"), row.text("table_name")},
                             row.flag("is_partitioned"),
                             row.flag("is_ready"),
                             row.flag("is_ours"),
                             row.list("lacking")});
        return found;
    });
    facts.keys = see(reader.connection(), [&] {
        std::vector<KeyWithoutIndex> found;
        for (const db::Row& row : reader.rows(statements::keys_without_index))
            found.push_back({row.name(), row.text("constraint_name"), row.number("rows"), row.text("columns_"),
                             row.text("target"), row.flag("is_partitioned")});
        return found;
    });
}

void read_constraints(Reader& reader, const std::string& state_schema, SchemaFacts& facts) {
    facts.unvalidated = see(reader.connection(), [&] {
        std::vector<UnvalidatedConstraint> found;
        for (const db::Row& row : reader.rows(statements::unvalidated_constraints))
            found.push_back({row.name(), row.text("constraint_name"), row.flag("is_foreign_key"), row.flag("is_ours"),
                             row.name("target_schema", "target_name")});
        return found;
    });
    facts.without_key = see(reader.connection(), [&] {
        std::vector<TableWithoutKey> found;
        for (const db::Row& row : reader.rows(statements::tables_without_key, {state_schema}))
            found.push_back({row.name(), row.flag("has_unique")});
        return found;
    });
}

std::vector<Sequence> read_sequences(Reader& reader) {
    std::vector<Sequence> found;
    for (const db::Row& row : reader.rows(statements::sequences))
        found.push_back({row.name(), row.optional_number("last_value"), row.flag("is_visible"), row.flag("ascends"),
                         row.flag("cycles"), row.number("start"), row.number("last"), row.text("column_name"),
                         row.text("column_type")});
    return found;
}

std::vector<MissingRight> read_rights(Reader& reader, const std::string& role, const ExpectedRights& expected) {
    std::vector<MissingRight> missing;
    for (const db::Row& row : reader.rows(statements::role_rights,
                                          {role, db::joined_list(expected.schemas), db::joined_list(expected.rights)}))
        missing.push_back({row.text("kind"), row.text("object"), row.text("missing"), row.name()});
    return missing;
}

}  // namespace

ExpectedRights parse_rights(const std::string& role, const std::string& text) {
    const auto refuse = [&](const std::string& problem) {
        return Error(ExitCode::usage, fmt::format("[doctor.roles] {}: {}", role, problem),
                     fmt::format("write rights on tables ({}), and where: \"SELECT, INSERT ON SCHEMA app\"",
                                 fmt::join(table_rights, ", ")));
    };
    ExpectedRights expected;
    const std::string marker = " ON SCHEMA ";
    const std::size_t at = upper(text).find(marker);
    for (const std::string& right : items(upper(text.substr(0, at)))) {
        if (std::find(table_rights.begin(), table_rights.end(), right) == table_rights.end())
            throw refuse(fmt::format("\"{}\" is not a right on a table", right));
        expected.rights.push_back(right);
    }
    if (expected.rights.empty())
        throw refuse("no right is named");
    if (at == std::string::npos) {
        expected.schemas.emplace_back("public");
        return expected;
    }
    for (const std::string& schema : items(text.substr(at + marker.size()))) {
        try {
            expected.schemas.push_back(config::parse_identifier(schema));
        } catch (const Error& error) {
            throw refuse(error.message());
        }
    }
    return expected;
}

SchemaFacts read_schema(Reader& reader, const std::string& database, const std::string& state_schema,
                        const std::map<std::string, ExpectedRights>& roles) {
    SchemaFacts facts;
    facts.database = database;
    read_indexes(reader, facts);
    read_constraints(reader, state_schema, facts);
    facts.sequences = see(reader.connection(), [&] { return read_sequences(reader); });
    facts.collations = see(reader.connection(), [&] { return read_collations(reader); });
    facts.rights = see(reader.connection(), [&] {
        std::map<std::string, std::vector<MissingRight>> missing;
        for (const auto& [role, expected] : roles)
            missing[role] = read_rights(reader, role, expected);
        return missing;
    });
    return facts;
}

}  // namespace tripmig::doctor
