#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.hpp"
#include "migrate/dialect/section_text.hpp"
#include "migrate/migration.hpp"
#include "sql/source_position.hpp"

namespace tripmig::migrate {

/// A file below the migrations directory, read when somebody looks into it, once, and kept until forget().
class SourceFile {
  public:
    SourceFile(std::string path, std::string file, bool has_config);

    [[nodiscard]] const std::string& path() const noexcept { return m_path; }
    [[nodiscard]] const std::string& file() const noexcept { return m_file; }  ///< relative to the directory
    [[nodiscard]] const std::string& name() const noexcept { return m_name; }  ///< the last part
    [[nodiscard]] bool is_in_folder() const noexcept { return m_name.size() != m_file.size(); }
    /// There is a file of its name and `.conf` beside it.
    [[nodiscard]] bool has_config() const noexcept { return m_has_config; }
    /// Throws Error{usage} when it can't be read.
    [[nodiscard]] const std::string& content() const;
    void forget() const noexcept { m_content.reset(); }

  private:
    std::string m_path;
    std::string m_file;
    std::string m_name;
    bool m_has_config;
    mutable std::optional<std::string> m_content;
};

/// One tool's grammar of a migrations directory.
struct DialectRules {
    Dialect dialect = Dialect::flyway;
    bool reads_folders = false;  ///< files in folders of the directory are migrations too
    /// By name, and by marks where names don't tell: this file can be of no other dialect.
    bool (*claims)(const SourceFile& file) = nullptr;
    /// The migrations in a file: kind, version, description, section, transaction. None: it is no migration.
    /// Throws Error{usage} for what was meant as one and is wrong, and for what only the tool itself can run.
    std::vector<Migration> (*read)(const SourceFile& file) = nullptr;
    /// A migration's name, right or wrong, with .sql in any case: never skipped, whatever the entry is.
    bool (*has_shape)(std::string_view name) = nullptr;
};

extern const DialectRules flyway_rules;
extern const DialectRules golang_migrate_rules;
extern const DialectRules dbmate_rules;
extern const DialectRules goose_rules;

/// The rules that --dialect names, or those that the files tell. Throws Error{usage}: files of several dialects, one of
/// each named; numbered files with no mark of any; no such dialect.
const DialectRules& choose_dialect(const std::vector<SourceFile>& files, std::string_view wanted);

/// The rules that claim the file; nullptr: none does.
const DialectRules* dialect_of(const SourceFile& file);

/// The SQL of a migration. `with_variables`: as it runs; without: as it is written, for hashes. Throws Error{usage} at
/// its place for a variable that is required and not set.
SectionText section_text(const Migration& migration, bool with_variables);

/// The number that a name begins with and what follows it: {"0012", "_add_users.sql"}. Empty number: it begins with
/// none.
std::pair<std::string_view, std::string_view> split_number(std::string_view name);

/// 12_x.sql, 12_x.SQL: the shape of a migration's name where names begin with a number.
bool is_numbered_sql(std::string_view name);

/// "_add_users" or "-add-users": "add users".
std::string words_of(std::string_view description);

bool has_suffix(std::string_view text, std::string_view suffix);

/// Longer than `.sql` and ends in it, in any case.
bool ends_in_sql(std::string_view name);

}  // namespace tripmig::migrate
