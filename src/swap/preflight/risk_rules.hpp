#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "sql/facts/relations_used.hpp"
#include "sql/tokens.hpp"
#include "swap/preflight/risk.hpp"

namespace tripmig::swap {

/// One statement, read once for all rules.
struct StatementText {
    std::string_view text;
    std::vector<sql::Token> tokens;
    const db::TableInfo& table;
    const config::PartitionPolicy& policy;
    bool is_read = false;     ///< the table is in its FROM
    bool is_written = false;  ///< by INSERT, UPDATE, DELETE or MERGE

    [[nodiscard]] const sql::Token& token(std::size_t at) const {
        static const sql::Token none;
        return at < tokens.size() ? tokens[at] : none;
    }
    [[nodiscard]] bool has_word(std::string_view word) const {
        return std::any_of(tokens.begin(), tokens.end(), [&](const sql::Token& each) { return each.is_word(word); });
    }
    /// The table's name begins at this token, with its schema or without.
    [[nodiscard]] bool names_table(std::size_t at) const;
};

using Risk = std::optional<StatementRisk>;

// The rules: each looks for one thing. Manual 5.11.2.3 has the limits of partitioned tables.
Risk check_conflict_target(const StatementText& statement);  ///< ON CONFLICT needs a unique index with the key
Risk check_group_by_key(const StatementText& statement);     ///< the primary key alone decides other columns no more
Risk check_lookup_without_key(const StatementText& statement);
Risk check_ctid(const StatementText& statement);              ///< unique within one partition only
Risk check_only(const StatementText& statement);              ///< the parent has no row of its own
Risk check_insert_returning(const StatementText& statement);  ///< system columns of a routed row
Risk check_copy_to(const StatementText& statement);
Risk check_truncate_only(const StatementText& statement);
Risk check_index_concurrently(const StatementText& statement);
Risk check_relation_size(const StatementText& statement);  ///< of the parent it is 0

}  // namespace tripmig::swap
