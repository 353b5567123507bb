#include "lint/default.hpp"

#include <array>

#include "sql/tokens.hpp"

namespace tripmig::lint {

namespace {

/// pg_proc.provolatile = 'v' among those that a default may call, and the usual extensions'.
constexpr std::array<std::string_view, 22> volatile_functions{
    "random",           "gen_random_uuid",   "uuid_generate_v1", "uuid_generate_v1mc",
    "uuid_generate_v4", "clock_timestamp",   "timeofday",        "nextval",
    "currval",          "lastval",           "setval",           "gen_random_bytes",
    "gen_salt",         "random_normal",     "uuidv7",           "uuidv4",
    "pg_sleep",         "set_config",        "setseed",          "pg_advisory_lock",
    "pg_nextoid",       "pg_current_xact_id"};

/// Stable or immutable, among those that defaults call.
constexpr std::array<std::string_view, 58> steady_functions{"now",
                                                            "statement_timestamp",
                                                            "transaction_timestamp",
                                                            "timezone",
                                                            "current_setting",
                                                            "lower",
                                                            "upper",
                                                            "btrim",
                                                            "ltrim",
                                                            "rtrim",
                                                            "trim",
                                                            "coalesce",
                                                            "nullif",
                                                            "greatest",
                                                            "least",
                                                            "to_char",
                                                            "to_date",
                                                            "to_timestamp",
                                                            "to_number",
                                                            "date_trunc",
                                                            "date_part",
                                                            "extract",
                                                            "age",
                                                            "make_date",
                                                            "make_timestamp",
                                                            "make_interval",
                                                            "concat",
                                                            "concat_ws",
                                                            "format",
                                                            "md5",
                                                            "encode",
                                                            "decode",
                                                            "substring",
                                                            "substr",
                                                            "replace",
                                                            "split_part",
                                                            "lpad",
                                                            "rpad",
                                                            "left",
                                                            "right",
                                                            "length",
                                                            "abs",
                                                            "round",
                                                            "ceil",
                                                            "floor",
                                                            "power",
                                                            "sqrt",
                                                            "mod",
                                                            "to_json",
                                                            "to_jsonb",
                                                            "jsonb_build_object",
                                                            "json_build_object",
                                                            "jsonb_build_array",
                                                            "json_build_array",
                                                            "array_append",
                                                            "row",
                                                            "cast",
                                                            "session_user"};

template <std::size_t Count>
bool has(const std::array<std::string_view, Count>& names, std::string_view name) {
    for (const std::string_view other : names)
        if (other == name)
            return true;
    return false;
}

bool is_type_or_word(const sql::Token& token) {
    for (const std::string_view word : {"numeric",      "decimal",
                                        "varchar",      "char",
                                        "character",    "varying",
                                        "bit",          "timestamp",
                                        "timestamptz",  "time",
                                        "timetz",       "interval",
                                        "float",        "and",
                                        "or",           "not",
                                        "in",           "any",
                                        "all",          "array",
                                        "case",         "when",
                                        "then",         "else",
                                        "is",           "between",
                                        "like",         "ilike",
                                        "bpchar",       "varbit",
                                        "localtime",    "localtimestamp",
                                        "current_time", "current_timestamp"})
        if (token.is_word(word))
            return true;
    return false;
}

}  // namespace

Volatility volatility_of(std::string_view expression, const KnownSchema& schema) {
    sql::TokenCursor cursor(expression);
    Volatility result;
    while (cursor.peek().kind != sql::TokenKind::end) {
        if (!cursor.peek().is_name()) {
            cursor.take();
            continue;
        }
        const bool is_word = is_type_or_word(cursor.peek());
        const sql::NameParts name = cursor.take_name();
        if (is_word || name.empty() || !cursor.peek().is_punctuation('('))
            continue;
        const KnownFunction* made = schema.function(schema.key(name));
        const bool is_ours = made != nullptr;
        const bool is_volatile = is_ours ? made->is_volatile : has(volatile_functions, name.back());
        if (is_volatile && !(is_ours && made->is_sql))
            return {Volatility::Kind::is_volatile, name.back()};
        if (is_volatile || (!is_ours && !has(steady_functions, name.back())))
            result = {Volatility::Kind::unknown, name.back()};
    }
    return result;
}

}  // namespace tripmig::lint
