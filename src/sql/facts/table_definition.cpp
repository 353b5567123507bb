#include "sql/facts/table_definition.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tripmig::sql {

namespace {

/// What is between ( and the ) that closes it, verbatim.
std::string take_parenthesised(std::string_view statement, TokenCursor& cursor) {
    if (!cursor.peek().is_punctuation('('))
        return {};
    const std::size_t begin = cursor.offset() + 1;
    const bool is_closed = cursor.skip_parentheses();
    const std::size_t end = cursor.end_of_taken() - (is_closed ? 1 : 0);
    return std::string(statement.substr(begin, end > begin ? end - begin : 0));
}

bool ends_default(const Token& token) {
    constexpr std::array<std::string_view, 12> words{"not",        "null",       "check",      "primary",
                                                     "unique",     "references", "constraint", "generated",
                                                     "deferrable", "initially",  "default",    "using"};
    for (const std::string_view word : words)
        if (token.is_word(word))
            return true;
    return token.kind == TokenKind::end || token.is_punctuation(',') || token.is_punctuation(')');
}

/// DEFAULT's expression: the grammar's b_expr, which has no bare NOT, NULL and their like behind its first word.
std::string take_default(std::string_view statement, TokenCursor& cursor) {
    const std::size_t begin = cursor.offset();
    for (bool is_first = true; is_first || !ends_default(cursor.peek()); is_first = false) {
        if (cursor.peek().kind == TokenKind::end)
            break;
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        else
            cursor.take();
    }
    const std::size_t end = std::max(begin, cursor.end_of_taken());
    return std::string(statement.substr(begin, end - begin));
}

/// NOT VALID, DEFERRABLE, INITIALLY ..., NO INHERIT, ENFORCED.
void take_attributes(TokenCursor& cursor, ConstraintFacts& constraint) {
    for (bool found = true; found;) {
        found = true;
        if (cursor.take_words("not", "valid"))
            constraint.is_not_valid = true;
        else
            found = cursor.take_words("not", "deferrable") || cursor.take_word("deferrable") ||
                    cursor.take_words("initially", "deferred") || cursor.take_words("initially", "immediate") ||
                    cursor.take_words("no", "inherit");
    }
}

/// REFERENCES t [(columns)] [MATCH x] [ON DELETE|UPDATE action]
void take_references(TokenCursor& cursor, ConstraintFacts& constraint) {
    constraint.kind = ConstraintFacts::Kind::foreign_key;
    constraint.references = cursor.take_name();
    if (cursor.peek().is_punctuation('('))
        cursor.skip_parentheses();
    for (bool found = true; found;) {
        found = true;
        if (cursor.take_word("match") || cursor.take_words("on", "delete") || cursor.take_words("on", "update")) {
            const bool is_set = cursor.take_word("set");
            const bool is_no = !is_set && cursor.take_word("no");
            cursor.take();
            if (is_set && !is_no && cursor.peek().is_punctuation('('))
                cursor.skip_parentheses();
        } else {
            found = false;
        }
    }
    take_attributes(cursor, constraint);
}

/// [INCLUDE (...)] [WITH (...)] [USING INDEX TABLESPACE x] behind an index constraint's columns.
void skip_index_parameters(TokenCursor& cursor) {
    if (cursor.take_word("include"))
        cursor.skip_parentheses();
    if (cursor.take_word("with"))
        cursor.skip_parentheses();
    if (cursor.take_words("using", "index", "tablespace"))
        cursor.take_name();
}

void take_key(TokenCursor& cursor, ConstraintFacts& constraint) {
    if (cursor.take_words("using", "index")) {
        const NameParts index = cursor.take_name();
        constraint.using_index = index.empty() ? std::string() : index.back();
    } else {
        if (cursor.take_words("nulls", "not", "distinct") || cursor.take_words("nulls", "distinct")) {
        }
        if (cursor.peek().is_punctuation('('))
            constraint.columns = take_name_list(cursor);
        skip_index_parameters(cursor);
    }
    take_attributes(cursor, constraint);
}

/// The body of a constraint that may stand at a column or at the table; false when none is here.
bool take_constraint_body(std::string_view statement, TokenCursor& cursor, ConstraintFacts& constraint) {
    using Form = ConstraintFacts::Kind;
    if (cursor.take_word("check")) {
        constraint.kind = Form::check;
        constraint.expression = take_parenthesised(statement, cursor);
        take_attributes(cursor, constraint);
    } else if (cursor.take_word("unique")) {
        constraint.kind = Form::unique;
        take_key(cursor, constraint);
    } else if (cursor.take_words("primary", "key")) {
        constraint.kind = Form::primary_key;
        take_key(cursor, constraint);
    } else {
        return false;
    }
    return true;
}

/// GENERATED ALWAYS AS (...) STORED, GENERATED ... AS IDENTITY [(...)]
void take_generated(TokenCursor& cursor, ColumnFacts& column) {
    if (!cursor.take_word("always"))
        cursor.take_words("by", "default");
    cursor.take_word("as");
    if (cursor.take_word("identity")) {
        column.is_identity = true;
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        return;
    }
    cursor.skip_parentheses();
    column.is_generated = cursor.take_word("stored");
}

bool take_column_constraint(std::string_view statement, TokenCursor& cursor, ColumnFacts& column) {
    ConstraintFacts constraint;
    if (cursor.take_word("constraint")) {
        const NameParts name = cursor.take_name();
        constraint.name = name.empty() ? std::string() : name.back();
    }
    if (cursor.take_words("not", "null")) {
        column.is_not_null = true;
    } else if (cursor.take_word("null")) {
    } else if (cursor.take_word("default")) {
        column.has_default = true;
        column.default_expression = take_default(statement, cursor);
    } else if (cursor.take_word("generated")) {
        take_generated(cursor, column);
    } else if (cursor.take_word("references")) {
        constraint.columns = {column.name};
        take_references(cursor, constraint);
        column.constraints.push_back(std::move(constraint));
    } else if (take_constraint_body(statement, cursor, constraint)) {
        if (constraint.kind != ConstraintFacts::Kind::check)
            constraint.columns = {column.name};
        if (constraint.kind == ConstraintFacts::Kind::primary_key)
            column.is_not_null = true;
        column.constraints.push_back(std::move(constraint));
    } else {
        return false;
    }
    return true;
}

}  // namespace

void skip_to_comma(TokenCursor& cursor) {
    while (cursor.peek().kind != TokenKind::end && !cursor.peek().is_punctuation(',') &&
           !cursor.peek().is_punctuation(')')) {
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        else
            cursor.take();
    }
}

std::vector<std::string> take_name_list(TokenCursor& cursor) {
    std::vector<std::string> names;
    if (!cursor.take_punctuation('('))
        return names;
    while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(')')) {
        if (cursor.take_punctuation(','))
            continue;
        const bool is_name = cursor.peek().is_name();
        const NameParts name = cursor.take_name();
        // a plain column is all there is up to the comma, but for COLLATE, an operator class, ASC: an expression is no
        // column
        if (is_name && !cursor.peek().is_punctuation('('))
            names.push_back(name.empty() ? std::string() : name.back());
        else if (!is_name && cursor.peek().kind != TokenKind::end && !cursor.peek().is_punctuation('('))
            cursor.take();
        skip_to_comma(cursor);
    }
    return names;
}

ColumnFacts take_column(std::string_view statement, TokenCursor& cursor) {
    ColumnFacts column;
    column.name = cursor.take().value();
    column.type = take_type(cursor);
    while (cursor.peek().kind != TokenKind::end && !cursor.peek().is_punctuation(',') &&
           !cursor.peek().is_punctuation(')')) {
        if (take_column_constraint(statement, cursor, column))
            continue;
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        else
            cursor.take();  // COLLATE "C", COMPRESSION pglz, STORAGE plain, WITH OPTIONS
    }
    return column;
}

std::optional<ConstraintFacts> take_table_constraint(std::string_view statement, TokenCursor& cursor) {
    const TokenCursor before = cursor;
    ConstraintFacts constraint;
    const bool is_named = cursor.take_word("constraint");
    if (is_named) {
        const NameParts name = cursor.take_name();
        constraint.name = name.empty() ? std::string() : name.back();
    }
    if (take_constraint_body(statement, cursor, constraint))
        return constraint;
    if (cursor.take_words("foreign", "key")) {
        constraint.columns = take_name_list(cursor);
        cursor.take_word("references");
        take_references(cursor, constraint);
        return constraint;
    }
    if (cursor.peek().is_word("exclude")) {
        cursor.take();
        if (is_named || cursor.peek().is_word("using") || cursor.peek().is_punctuation('(')) {
            constraint.kind = ConstraintFacts::Kind::exclude;
            return constraint;
        }
    }
    if (is_named)
        return constraint;
    cursor = before;
    return std::nullopt;
}

namespace {

void take_elements(std::string_view statement, TokenCursor& cursor, TableDefinition& table) {
    if (!cursor.take_punctuation('('))
        return;
    while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(')')) {
        if (cursor.take_punctuation(','))
            continue;
        if (cursor.take_word("like"))
            table.like.push_back(cursor.take_name());
        else if (auto constraint = take_table_constraint(statement, cursor))
            table.constraints.push_back(std::move(*constraint));
        else if (cursor.peek().is_name())
            table.columns.push_back(take_column(statement, cursor));
        skip_to_comma(cursor);
    }
}

/// What follows the columns: INHERITS, PARTITION BY, WITH, TABLESPACE, AS.
void take_tail(TokenCursor& cursor, TableDefinition& table) {
    while (cursor.peek().kind != TokenKind::end) {
        if (cursor.take_word("inherits") && cursor.take_punctuation('(')) {
            do
                table.inherits.push_back(cursor.take_name());
            while (cursor.take_punctuation(','));
        } else if (cursor.take_words("partition", "by")) {
            table.is_partitioned = true;
            cursor.take();
            if (cursor.peek().is_punctuation('('))
                table.partition_key = take_name_list(cursor);
        } else if (cursor.take_word("as")) {
            table.query = cursor.offset();
            return;
        } else if (cursor.peek().is_punctuation('(')) {
            cursor.skip_parentheses();
        } else {
            cursor.take();
        }
    }
}

}  // namespace

std::optional<TableDefinition> table_definition(std::string_view statement, bool standard_conforming_strings) {
    TokenCursor cursor(statement, standard_conforming_strings);
    TableDefinition table;
    if (!cursor.take_word("create"))
        return std::nullopt;
    for (const std::string_view word : {"global", "local", "unlogged", "foreign"})
        cursor.take_word(word);
    table.is_temporary = cursor.take_word("temporary") || cursor.take_word("temp");
    if (!cursor.take_word("table"))
        return std::nullopt;
    table.if_not_exists = cursor.take_words("if", "not", "exists");
    table.name = cursor.take_name();
    if (cursor.take_words("partition", "of"))
        table.partition_of = cursor.take_name();
    else if (cursor.take_word("of"))
        cursor.take_name();
    take_elements(statement, cursor, table);
    if (!table.partition_of.empty())
        table.is_default = cursor.take_word("default");
    take_tail(cursor, table);
    return table;
}

}  // namespace tripmig::sql
