#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/policy.hpp"
#include "db/catalog/table_info.hpp"
#include "swap/preflight/risk.hpp"

namespace tripmig::swap {

/// Everything that can be told from its text; empty: nothing. `query` may have $1 for its constants. Pure.
std::vector<StatementRisk> statement_risks(std::string_view query, const db::TableInfo& table,
                                           const config::PartitionPolicy& policy);

/// A function or procedure that may use the table.
struct FunctionText {
    std::string description;            ///< "function public.purge()"
    std::string language;               ///< pg_language.lanname
    std::string source;                 ///< pg_proc.prosrc
    std::vector<std::string> triggers;  ///< row triggers of the table that call it
    std::optional<std::int64_t> calls;  ///< by track_functions; nullopt: not counted
};

/// Those of its statements that name the table, and what a row trigger asks about its table. Text that the function
/// puts together at run time (EXECUTE) is not seen. Pure.
std::vector<StatementRisk> function_risks(const FunctionText& function, const db::TableInfo& table,
                                          const config::PartitionPolicy& policy);

/// Whether function_risks() can read the language.
[[nodiscard]] bool can_read_language(const std::string& language);

}  // namespace tripmig::swap
