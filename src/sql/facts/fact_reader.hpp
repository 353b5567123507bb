#pragma once

#include <string>
#include <utility>
#include <vector>

#include "sql/facts/facts.hpp"
#include "sql/tokens.hpp"

// What facts() is made of: one function a family of statements. The cursor stands behind the words already read.
namespace tripmig::sql::fact_reader {

/// BEGIN, COMMIT, ROLLBACK, SAVEPOINT and their like. False when `word` begins none of them.
bool read_transaction_control(const std::string& word, std::string_view statement, TokenCursor& cursor, Facts& facts);

void read_create(std::string_view statement, TokenCursor& cursor, Facts& facts);
void read_alter(TokenCursor& cursor, Facts& facts);
void read_drop(TokenCursor& cursor, Facts& facts);

void read_create_index(std::string_view statement, bool is_unique, TokenCursor& cursor, Facts& facts);
void read_drop_index(TokenCursor& cursor, Facts& facts);
void read_reindex(TokenCursor& cursor, Facts& facts);
void read_cluster(TokenCursor& cursor, Facts& facts);

void read_create_subscription(TokenCursor& cursor, Facts& facts);
void read_alter_subscription(TokenCursor& cursor, Facts& facts);

/// (NAME [value], ...): names folded, values as a server's boolean option reads them, "true" when absent. Empty when no
/// ( is here.
using Options = std::vector<std::pair<std::string, std::string>>;
Options read_options(TokenCursor& cursor);
/// Whether the option is there and on.
bool is_on(const Options& options, std::string_view name);
/// Whether the option is there and off.
bool is_off(const Options& options, std::string_view name);

/// Says that PostgreSQL refuses it inside of a transaction block.
void refuse_transaction(Facts& facts, std::string reason);

}  // namespace tripmig::sql::fact_reader
