#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/qualified_name.hpp"
#include "doctor/finding.hpp"
#include "doctor/reader.hpp"

namespace tripmig::doctor {

struct InvalidIndex {
    QualifiedName index;
    QualifiedName table;
    bool is_partitioned = false;
    bool is_ready = false;  ///< writers keep it up to date
    bool is_ours = false;
    std::vector<std::string> lacking;  ///< of a partitioned one: partitions without a valid part
};

struct UnvalidatedConstraint {
    QualifiedName table;
    std::string name;
    bool is_foreign_key = false;
    bool is_ours = false;
    QualifiedName target;
};

struct KeyWithoutIndex {
    QualifiedName table;
    std::string name;
    std::int64_t rows = 0;
    std::string columns;  ///< as SQL has them
    std::string target;
    bool is_partitioned = false;
};

struct Sequence {
    QualifiedName name;
    std::optional<std::int64_t> last_value;
    bool is_visible = true;
    bool ascends = true;
    bool cycles = false;
    std::int64_t start = 1;
    std::int64_t last = 0;  ///< beyond it the sequence, or its column, has an error
    std::string column;     ///< schema.table.column; empty: none owns it
    std::string column_type;
};

struct CollationVersion {
    std::string name;  ///< empty: of the database
    std::string recorded;
    std::string actual;
};

struct TableWithoutKey {
    QualifiedName table;
    bool has_unique = false;
};

/// Something that a role lacks.
struct MissingRight {
    std::string kind;    ///< role, database, no schema, schema, table, sequence
    std::string object;  ///< as SQL has it
    std::string rights;
    QualifiedName table;  ///< of a table or sequence: the table
};

/// What a role is to have, from "SELECT, INSERT ON SCHEMA app, public".
struct ExpectedRights {
    std::vector<std::string> rights;
    std::vector<std::string> schemas;
};

/// Throws Error{usage} with what it may be.
ExpectedRights parse_rights(const std::string& role, const std::string& text);

/// What the group `schema` looks at.
struct SchemaFacts {
    std::string database;
    Seen<std::vector<InvalidIndex>> invalid_indexes;
    Seen<std::vector<UnvalidatedConstraint>> unvalidated;
    Seen<std::vector<KeyWithoutIndex>> keys;
    Seen<std::vector<Sequence>> sequences;
    Seen<std::vector<CollationVersion>> collations;
    Seen<std::vector<TableWithoutKey>> without_key;
    Seen<std::map<std::string, std::vector<MissingRight>>> rights;  ///< by role
    /// nullopt: no `schema_file` is stated. Else how it differs from the database; empty: not at all.
    std::optional<Seen<std::string>> drift;
    /// What was changed by hand since the last run recorded the schema; nullopt: there is nothing to compare with.
    std::optional<std::vector<std::string>> changed_by_hand;
};

/// All but `drift`. `roles`: by name, what each is to have.
SchemaFacts read_schema(Reader& reader, const std::string& database, const std::string& state_schema,
                        const std::map<std::string, ExpectedRights>& roles);

}  // namespace tripmig::doctor
