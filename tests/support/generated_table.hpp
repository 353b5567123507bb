#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace tripmig::test {

/// A table of everything that can come along, drawn from a seed, and what hangs on it. Equal seeds give equal tables.
/// Only what a swap carries is drawn: what it refuses has its own tests.
class GeneratedTable {
  public:
    /// `server`: server_version_num / 10000; some things are younger than PostgreSQL 14.
    GeneratedTable(std::uint64_t seed, bool for_copy, int server);

    std::string table;           ///< quoted
    std::string key;             ///< as it is
    std::string incoming;        ///< of --incoming-foreign-keys; empty: none points here
    std::string unique_indexes;  ///< of --unique-indexes; empty: none lacks the key
    bool is_empty = false;
    std::vector<std::string> sql;  ///< in order
    std::vector<std::string> views;
    std::string matview;  ///< quoted; empty: none

  private:
    struct Column {
        std::string name;  ///< quoted
        std::string type;
        std::string value;  ///< for row g
        bool is_btree = false;
        bool is_number = false;
        bool not_null = false;
    };

    bool one_in(unsigned n) { return m_random() % n == 0; }
    std::size_t below(std::size_t n) { return static_cast<std::size_t>(m_random() % n); }
    const std::string& pick(const std::vector<std::string>& from) { return from[below(from.size())]; }
    const Column& column() { return m_columns[below(m_columns.size())]; }
    const Column& btree_column();
    std::string name(const std::string& what);
    static std::string joined(const std::vector<std::string>& items, const std::string& between = ", ");
    void say(const std::string& statement) { sql.push_back(statement); }

    void draw_surroundings();
    void draw_key();
    void draw_ids();
    void draw_columns();
    void draw_table();
    void draw_column_settings();
    void draw_indexes();
    void draw_index(const std::string& index);
    void draw_unique();
    void draw_narrow();
    void draw_outgoing();
    void draw_incoming();
    void draw_triggers();
    void draw_row_security();
    void draw_rights();
    void draw_views();
    void draw_rules();
    void draw_row_functions();
    void draw_matview();
    void draw_followers();
    void draw_comments();
    void draw_rows();
    void draw_unvalidated_check();

    std::mt19937_64 m_random;
    bool m_for_copy;
    int m_server;
    int m_names = 0;
    std::string m_key;  ///< quoted
    std::string m_key_type;
    std::string m_key_value;
    std::vector<std::string> m_ids;  ///< quoted; of the primary key
    bool m_has_primary = false;
    std::vector<std::string> m_definitions;  ///< of columns and constraints
    std::vector<Column> m_columns;           ///< all that are no key and no id
    std::vector<std::string> m_inserted;     ///< columns that an INSERT names
    std::vector<std::string> m_values;
    std::vector<std::pair<std::string, std::string>> m_commented;  ///< COMMENT ON what, named what
    std::vector<std::string> m_identity_indexes;                   ///< unique, over columns that are not null
};

}  // namespace tripmig::test
