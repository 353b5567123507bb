#include "sql/facts/alter_table.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace tripmig::sql {

namespace {

using Kind = AlterAction::Kind;

std::string take_last_part(TokenCursor& cursor) {
    const NameParts name = cursor.take_name();
    return name.empty() ? std::string() : name.back();
}

/// Up to the , that ends the action.
std::string take_text(std::string_view statement, TokenCursor& cursor) {
    const std::size_t begin = cursor.offset();
    skip_to_comma(cursor);
    const std::size_t end = std::max(begin, cursor.end_of_taken());
    return std::string(statement.substr(begin, end - begin));
}

void take_add(std::string_view statement, TokenCursor& cursor, AlterAction& action) {
    if (auto constraint = take_table_constraint(statement, cursor)) {
        action.kind = Kind::add_constraint;
        skip_to_comma(cursor);
        // behind an EXCLUDE and what is not read in full
        action.constraint = std::move(*constraint);
        action.name = action.constraint.name;
        return;
    }
    action.kind = Kind::add_column;
    cursor.take_word("column");
    action.if_not_exists = cursor.take_words("if", "not", "exists");
    action.column = take_column(statement, cursor);
    action.name = action.column.name;
}

void take_drop(TokenCursor& cursor, AlterAction& action) {
    action.kind = cursor.take_word("constraint") ? Kind::drop_constraint : Kind::drop_column;
    if (action.kind == Kind::drop_column)
        cursor.take_word("column");
    cursor.take_words("if", "exists");
    action.name = take_last_part(cursor);
    action.is_cascade = cursor.take_word("cascade");
}

void take_column_set(std::string_view statement, TokenCursor& cursor, AlterAction& action) {
    if (cursor.take_words("data", "type")) {
        action.kind = Kind::set_type;
        action.type = take_type(cursor);
    } else if (cursor.take_word("default")) {
        action.kind = Kind::set_default;
        action.expression = take_text(statement, cursor);
    } else if (cursor.take_words("not", "null")) {
        action.kind = Kind::set_not_null;
    } else if (cursor.take_word("statistics")) {
        action.kind = Kind::set_statistics;
    } else if (cursor.take_word("storage") || cursor.take_word("compression")) {
        action.kind = Kind::set_storage;
    } else if (cursor.take_word("generated") || cursor.peek().is_name()) {
        action.kind = Kind::set_identity;
    } else {
        action.kind = Kind::set_column_options;
    }
}

void take_using(std::string_view statement, TokenCursor& cursor, AlterAction& action) {
    while (cursor.peek().kind != TokenKind::end && !cursor.peek().is_punctuation(',') &&
           !cursor.peek().is_word("using"))
        cursor.take();
    if (cursor.take_word("using"))
        action.expression = take_text(statement, cursor);
}

void take_alter_column(std::string_view statement, TokenCursor& cursor, AlterAction& action) {
    cursor.take_word("column");
    action.name = take_last_part(cursor);
    if (action.name.empty())
        cursor.take();  // the number of an index's column
    if (cursor.take_word("type")) {
        action.kind = Kind::set_type;
        action.type = take_type(cursor);
    } else if (cursor.take_word("set")) {
        take_column_set(statement, cursor, action);
    } else if (cursor.take_words("drop", "default")) {
        action.kind = Kind::drop_default;
    } else if (cursor.take_words("drop", "not", "null")) {
        action.kind = Kind::drop_not_null;
    } else if (cursor.take_words("drop", "expression")) {
        action.kind = Kind::drop_expression;
    } else if (cursor.take_word("reset")) {
        action.kind = Kind::set_column_options;
    } else {
        action.kind = Kind::set_identity;  // ADD GENERATED, DROP IDENTITY, RESTART
    }
    if (action.kind == Kind::set_type)
        take_using(statement, cursor, action);
}

/// SET of the table itself.
void take_table_set(TokenCursor& cursor, AlterAction& action) {
    if (cursor.peek().is_punctuation('(')) {
        action.kind = Kind::set_options;
        action.options = take_name_list(cursor);
    } else if (cursor.take_word("schema")) {
        action.kind = Kind::set_schema;
        action.new_name = take_last_part(cursor);
    } else if (cursor.take_word("tablespace")) {
        action.kind = Kind::set_tablespace;
    } else if (cursor.take_word("logged") || cursor.take_word("unlogged")) {
        action.kind = Kind::set_logged;
    } else if (cursor.take_words("access", "method")) {
        action.kind = Kind::set_access_method;
    } else if (cursor.take_words("without", "cluster")) {
        action.kind = Kind::cluster_on;
    } else {
        action.kind = Kind::set_options;
    }
}

void take_switch(TokenCursor& cursor, AlterAction& action) {
    for (const std::string_view word : {"always", "replica"})
        cursor.take_word(word);
    if (cursor.take_words("row", "level"))
        action.kind = Kind::row_security;
    else if (cursor.take_word("rule"))
        action.kind = Kind::switch_rule;
    else if (cursor.take_word("trigger"))
        action.kind = Kind::switch_trigger;
    if (action.kind == Kind::switch_trigger || action.kind == Kind::switch_rule)
        action.name = take_last_part(cursor);
}

void take_rename(TokenCursor& cursor, AlterAction& action) {
    if (cursor.take_word("to")) {
        action.kind = Kind::rename_table;
    } else if (cursor.take_word("constraint")) {
        action.kind = Kind::rename_constraint;
    } else {
        action.kind = Kind::rename_column;
        cursor.take_word("column");
    }
    if (action.kind != Kind::rename_table) {
        action.name = take_last_part(cursor);
        cursor.take_word("to");
    }
    action.new_name = take_last_part(cursor);
}

void take_partition(TokenCursor& cursor, AlterAction& action, Kind kind) {
    action.kind = kind;
    cursor.take_word("partition");
    action.other = cursor.take_name();
    action.is_default = cursor.take_word("default");
    action.is_concurrent = cursor.take_word("concurrently");
    action.is_finalize = cursor.take_word("finalize");
}

/// Actions that are told by their first word, and have a name behind it that is of no interest.
Kind plain_action(TokenCursor& cursor) {
    if (cursor.take_words("cluster", "on"))
        return Kind::cluster_on;
    if (cursor.take_words("replica", "identity"))
        return Kind::replica_identity;
    if (cursor.take_words("owner", "to"))
        return Kind::owner;
    if (cursor.take_word("of") || cursor.take_words("not", "of"))
        return Kind::of_type;
    if (cursor.take_word("reset"))
        return Kind::set_options;
    const bool is_security = cursor.take_word("force") || cursor.take_words("no", "force");
    return is_security ? Kind::row_security : Kind::other;
}

AlterAction take_action(std::string_view statement, TokenCursor& cursor) {
    AlterAction action;
    action.offset = cursor.offset();
    if (cursor.take_word("add")) {
        take_add(statement, cursor, action);
    } else if (cursor.take_word("drop")) {
        take_drop(cursor, action);
    } else if (cursor.take_words("alter", "constraint")) {
        action.kind = Kind::alter_constraint;
    } else if (cursor.take_word("alter")) {
        take_alter_column(statement, cursor, action);
    } else if (cursor.take_words("validate", "constraint")) {
        action.kind = Kind::validate_constraint;
        action.name = take_last_part(cursor);
    } else if (cursor.take_word("enable")) {
        take_switch(cursor, action);
    } else if (cursor.take_word("disable")) {
        action.is_disabled = true;
        take_switch(cursor, action);
    } else if (cursor.take_word("set")) {
        take_table_set(cursor, action);
    } else if (cursor.take_word("rename")) {
        take_rename(cursor, action);
    } else if (cursor.take_word("attach")) {
        take_partition(cursor, action, Kind::attach_partition);
    } else if (cursor.take_word("detach")) {
        take_partition(cursor, action, Kind::detach_partition);
    } else if (cursor.take_words("no", "inherit")) {
        action.kind = Kind::no_inherit;
        action.other = cursor.take_name();
    } else if (cursor.take_word("inherit")) {
        action.kind = Kind::inherit;
        action.other = cursor.take_name();
    } else {
        action.kind = plain_action(cursor);
    }
    return action;
}

}  // namespace

AlterTable take_alter_table(std::string_view statement, TokenCursor& cursor) {
    AlterTable alter;
    cursor.take_words("if", "exists");
    alter.is_only = cursor.take_word("only");
    alter.name = cursor.take_name();
    if (cursor.peek().text == "*")
        cursor.take();
    while (cursor.peek().kind != TokenKind::end) {
        alter.actions.push_back(take_action(statement, cursor));
        while (cursor.peek().kind != TokenKind::end && !cursor.take_punctuation(',')) {
            skip_to_comma(cursor);
            cursor.take_punctuation(')');  // one too many: PostgreSQL would refuse it, we go on
        }
    }
    return alter;
}

AlterTable alter_table(std::string_view statement, bool standard_conforming_strings) {
    TokenCursor cursor(statement, standard_conforming_strings);
    cursor.take_word("alter");
    cursor.take_word("foreign");
    if (!cursor.take_word("table"))
        return {};
    return take_alter_table(statement, cursor);
}

}  // namespace tripmig::sql
