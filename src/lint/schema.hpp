#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sql/facts/alter_table.hpp"
#include "sql/facts/statement_facts.hpp"
#include "sql/facts/table_definition.hpp"

namespace tripmig::lint {

struct KnownColumn {
    sql::TypeName type;
    bool is_not_null = false;
    std::size_t made_in = 0;  ///< number of the file
};

struct KnownConstraint {
    sql::ConstraintFacts::Kind kind = sql::ConstraintFacts::Kind::other;
    std::vector<std::string> columns;
    std::string expression;
    std::string references;  ///< key of the table; empty: none
    bool is_valid = true;
    bool is_inherited = false;  ///< of a partition, from its parent
};

struct KnownTable {
    enum class Kind { table, view, materialized_view };
    Kind kind = Kind::table;
    bool is_temporary = false;
    bool is_partitioned = false;
    std::size_t made_in = 0;
    std::map<std::string, KnownColumn> columns;
    std::map<std::string, KnownConstraint> constraints;
    std::vector<std::string> partition_key;
    std::string parent;             ///< of a partition
    std::set<std::string> parents;  ///< by INHERITS
    std::string default_partition;
    std::vector<std::string> reads;  ///< a view: what its query names
};

struct KnownIndex {
    std::string table;
    std::vector<std::string> columns;  ///< plain ones
    std::size_t made_in = 0;           ///< number of the file
};

struct KnownFunction {
    bool is_volatile = true;
    bool is_sql = false;  ///< may be inlined, and is then as volatile as what is in it
};

struct KnownDomain {
    sql::TypeName base;
    bool is_constrained = false;
};

/// What the statements before made, as far as their text tells. Relations go by their key: "orders" for those of
/// schema public, "shop.orders" for others. Pure.
class KnownSchema {
  public:
    /// What follows is in file number `file`, from 1.
    void begin_file(std::size_t file);
    [[nodiscard]] std::size_t file() const noexcept { return m_file; }

    /// Goes on as if the statement had been run.
    void apply(std::string_view statement, const sql::Facts& facts, bool standard_conforming_strings);

    /// A name's key, under the search_path that the file has set.
    [[nodiscard]] std::string key(const sql::NameParts& name) const;

    [[nodiscard]] const KnownTable* table(const std::string& key) const;
    [[nodiscard]] const KnownIndex* index(const std::string& key) const;
    [[nodiscard]] std::vector<const KnownIndex*> indexes_of(const std::string& table) const;
    /// The table of CREATE STATISTICS; empty: not known.
    [[nodiscard]] std::string statistics_table(const std::string& key) const;
    /// nullptr: no file made a function of that name.
    [[nodiscard]] const KnownFunction* function(const std::string& key) const;
    /// Made by an earlier statement of the same file, or temporary: nobody else can see it yet.
    [[nodiscard]] bool is_new(const std::string& key) const;
    /// Partitions and inheriting tables, theirs too.
    [[nodiscard]] std::vector<std::string> descendants(const std::string& key) const;
    /// Tables with a foreign key to that one.
    [[nodiscard]] std::vector<std::string> referencing(const std::string& key) const;
    /// Tables with a column of that type (a domain).
    [[nodiscard]] std::vector<std::string> using_type(const std::string& type) const;
    [[nodiscard]] std::vector<std::string> in_schema(const std::string& schema) const;
    /// An enum that an earlier statement of the same file made.
    [[nodiscard]] bool is_new_enum(const std::string& key) const;
    /// nullptr: no file made a domain of that name.
    [[nodiscard]] const KnownDomain* domain(const std::string& key) const;

  private:
    void create_table(const sql::TableDefinition& definition);
    void copy_parent(KnownTable& table, const std::string& parent, bool is_partition) const;
    void add_column(const std::string& key, KnownTable& table, const sql::ColumnFacts& column);
    void add_constraint(const std::string& key, KnownTable& table, const sql::ConstraintFacts& constraint);
    void create_view(std::string_view statement, const sql::Facts& facts);
    void create_index(const sql::IndexDefinition& index);
    void create_function(std::string_view statement, const sql::Facts& facts);
    void create_domain(std::string_view statement, const sql::Facts& facts);
    void alter(const sql::AlterTable& alter);
    void alter_table(const std::string& key, const sql::AlterAction& action);
    void alter_partition(const std::string& key, const sql::AlterAction& action);
    void rename_table(const std::string& from, const std::string& to);
    void drop(std::string_view statement, const sql::Facts& facts);
    void set_search_path(std::string_view statement);

    std::size_t m_file = 0;
    std::string m_default_schema;  ///< empty: public
    std::map<std::string, KnownTable> m_tables;
    std::map<std::string, KnownIndex> m_indexes;
    std::map<std::string, std::string> m_statistics;  ///< and their tables
    std::map<std::string, KnownFunction> m_functions;
    std::map<std::string, std::size_t> m_enums;  ///< and the file that made it
    std::map<std::string, KnownDomain> m_domains;
};

/// The tables and views that a statement such as DROP, TRUNCATE or LOCK lists.
struct NameList {
    std::vector<sql::NameParts> names;
    bool is_cascade = false;
    sql::NameParts on;  ///< DROP TRIGGER x ON t
};

/// Reads DROP object [CONCURRENTLY] [IF EXISTS] a, b [CASCADE], arguments of functions being passed.
NameList drop_list(std::string_view statement, const sql::Facts& facts);

}  // namespace tripmig::lint
