#include <algorithm>

#include "lint/schema.hpp"
#include "sql/facts/relations_used.hpp"
#include "sql/identifier.hpp"
#include "sql/tokens.hpp"

namespace tripmig::lint {

using sql::AlterAction;
using sql::TokenCursor;
using sql::TokenKind;

namespace {

/// Behind DROP and the words of the object's kind: "materialized view".
void skip_words(TokenCursor& cursor, std::string_view words) {
    for (std::size_t at = 0; at < words.size();) {
        const std::size_t end = std::min(words.find(' ', at), words.size());
        cursor.take_word(words.substr(at, end - at));
        at = end + 1;
    }
}

bool ends_list(const TokenCursor& cursor) {
    return cursor.peek().kind == TokenKind::end || cursor.peek().is_word("cascade") ||
           cursor.peek().is_word("restrict");
}

}  // namespace

NameList drop_list(std::string_view statement, const sql::Facts& facts) {
    TokenCursor cursor(statement);
    skip_words(cursor, facts.kind);
    cursor.take_word("concurrently");
    cursor.take_words("if", "exists");
    NameList list;
    while (!ends_list(cursor)) {
        sql::NameParts name = cursor.take_name();
        if (!name.empty())
            list.names.push_back(std::move(name));
        else if (!ends_list(cursor))
            cursor.take();
        if (cursor.peek().is_punctuation('('))
            cursor.skip_parentheses();
        if (cursor.take_word("on"))
            list.on = cursor.take_name();
    }
    list.is_cascade = cursor.peek().is_word("cascade");
    return list;
}

void KnownSchema::apply(std::string_view statement, const sql::Facts& facts, bool standard_conforming_strings) {
    const std::string& kind = facts.kind;
    if (kind == "create table" || kind == "create foreign table") {
        const auto definition = sql::table_definition(statement, standard_conforming_strings);
        if (definition && !definition->name.empty())
            create_table(*definition);
    } else if (kind == "create view" || kind == "create materialized view") {
        create_view(statement, facts);
    } else if (facts.index) {
        create_index(*facts.index);
    } else if (kind == "create statistics") {
        const sql::RelationsUsed used = sql::relations_used(statement);
        m_statistics[key(facts.target)] = used.read.empty() ? std::string() : key(used.read.front());
    } else if (kind == "create function" || kind == "create procedure") {
        create_function(statement, facts);
    } else if (kind == "create type") {
        if (statement.find("enum") != std::string_view::npos || statement.find("ENUM") != std::string_view::npos)
            m_enums[key(facts.target)] = m_file;
    } else if (kind == "create domain") {
        create_domain(statement, facts);
    } else if (kind == "alter domain") {
        if (sql::folded(statement).find(" add ") != std::string::npos ||
            sql::folded(statement).find("set not null") != std::string::npos)
            m_domains[key(facts.target)].is_constrained = true;
    } else if (kind == "alter table" || kind == "alter view" || kind == "alter materialized view" ||
               kind == "alter foreign table" || kind == "alter index") {
        TokenCursor cursor(statement, standard_conforming_strings);
        skip_words(cursor, kind);
        const sql::AlterTable altered = sql::take_alter_table(statement, cursor);
        if (!altered.name.empty())
            alter(altered);
    } else if (kind.rfind("drop ", 0) == 0) {
        drop(statement, facts);
    } else if (kind == "set" && !facts.target.empty() && facts.target.back() == "search_path") {
        set_search_path(statement);
    }
}

void KnownSchema::create_view(std::string_view statement, const sql::Facts& facts) {
    const std::string name = key(facts.target);
    if (m_tables.count(name) > 0)  // OR REPLACE, IF NOT EXISTS
        return;
    KnownTable view;
    view.kind = facts.kind == "create view" ? KnownTable::Kind::view : KnownTable::Kind::materialized_view;
    view.made_in = m_file;
    TokenCursor cursor(statement);
    cursor.take_word("create");
    cursor.take_words("or", "replace");
    view.is_temporary = cursor.take_word("temporary") || cursor.take_word("temp");
    while (cursor.peek().kind != TokenKind::end && !cursor.take_word("as"))
        cursor.take();
    for (const sql::NameParts& used : sql::relations_used(statement.substr(cursor.offset())).read)
        view.reads.push_back(key(used));
    m_tables[name] = std::move(view);
}

void KnownSchema::create_function(std::string_view statement, const sql::Facts& facts) {
    KnownFunction function;
    const std::vector<sql::Token> tokens = sql::tokenize(statement);
    for (std::size_t i = 0; i < tokens.size(); ++i) {
        if (tokens[i].is_word("immutable") || tokens[i].is_word("stable"))
            function.is_volatile = false;
        function.is_sql = function.is_sql || (i > 0 && tokens[i - 1].is_word("language") && tokens[i].value() == "sql");
    }
    m_functions[key(facts.target)] = function;
}

void KnownSchema::create_domain(std::string_view statement, const sql::Facts& facts) {
    TokenCursor cursor(statement);
    cursor.take_words("create", "domain");
    cursor.take_name();
    cursor.take_word("as");
    KnownDomain domain{sql::take_type(cursor), false};
    while (cursor.peek().kind != TokenKind::end)
        domain.is_constrained =
            cursor.take_words("not", "null") || cursor.take().is_word("check") || domain.is_constrained;
    m_domains[key(facts.target)] = domain;
}

void KnownSchema::alter(const sql::AlterTable& altered) {
    const std::string name = key(altered.name);
    for (const AlterAction& action : altered.actions) {
        if (action.kind == AlterAction::Kind::rename_table || action.kind == AlterAction::Kind::set_schema) {
            const std::size_t dot = name.find('.');
            const std::string own = name.substr(dot + 1);  // npos + 1 is 0
            const std::string schema = dot == std::string::npos ? "public" : name.substr(0, dot);
            rename_table(name, action.kind == AlterAction::Kind::rename_table ? key({schema, action.new_name})
                                                                              : key({action.new_name, own}));
            return;
        }
        if (action.kind == AlterAction::Kind::attach_partition || action.kind == AlterAction::Kind::detach_partition) {
            alter_partition(name, action);
            continue;
        }
        alter_table(name, action);
        if (!altered.is_only)
            for (const std::string& child : descendants(name))
                alter_table(child, action);
    }
}

void KnownSchema::alter_partition(const std::string& parent, const AlterAction& action) {
    const std::string child = key(action.other);
    const bool attaches = action.kind == AlterAction::Kind::attach_partition;
    if (const auto table = m_tables.find(child); table != m_tables.end())
        table->second.parent = attaches ? parent : "";
    if (const auto table = m_tables.find(parent); table != m_tables.end()) {
        if (attaches && action.is_default)
            table->second.default_partition = child;
        else if (!attaches && table->second.default_partition == child)
            table->second.default_partition.clear();
    }
}

namespace {

template <typename Value>
void rename_key(std::map<std::string, Value>& map, const std::string& from, const std::string& to) {
    const auto found = map.find(from);
    if (found == map.end() || from == to)
        return;
    auto node = map.extract(found);
    node.key() = to;
    map.insert(std::move(node));
}

void drop_column(KnownTable& table, const std::string& column) {
    table.columns.erase(column);
    for (auto each = table.constraints.begin(); each != table.constraints.end();) {
        const auto& names = each->second.columns;
        const bool is_gone = std::find(names.begin(), names.end(), column) != names.end();
        each = is_gone ? table.constraints.erase(each) : std::next(each);
    }
}

void alter_column(KnownTable& table, const AlterAction& action) {
    const auto column = table.columns.find(action.name);
    if (column == table.columns.end())
        return;
    if (action.kind == AlterAction::Kind::set_type)
        column->second.type = action.type;
    else
        column->second.is_not_null = action.kind == AlterAction::Kind::set_not_null;
}

}  // namespace

void KnownSchema::alter_table(const std::string& name, const AlterAction& action) {
    const auto found = m_tables.find(name);
    if (found == m_tables.end())
        return;
    KnownTable& table = found->second;
    switch (action.kind) {
        case AlterAction::Kind::add_column:
            if (table.columns.count(action.name) == 0)
                add_column(name, table, action.column);
            break;
        case AlterAction::Kind::drop_column:
            return drop_column(table, action.name);
        case AlterAction::Kind::set_type:
        case AlterAction::Kind::set_not_null:
        case AlterAction::Kind::drop_not_null:
            return alter_column(table, action);
        case AlterAction::Kind::add_constraint:
            return add_constraint(name, table, action.constraint);
        case AlterAction::Kind::validate_constraint:
            if (const auto constraint = table.constraints.find(action.name); constraint != table.constraints.end())
                constraint->second.is_valid = true;
            break;
        case AlterAction::Kind::drop_constraint:
            table.constraints.erase(action.name);
            break;
        case AlterAction::Kind::rename_constraint:
            return rename_key(table.constraints, action.name, action.new_name);
        case AlterAction::Kind::rename_column:
            return rename_key(table.columns, action.name, action.new_name);
        case AlterAction::Kind::inherit:
            table.parents.insert(key(action.other));
            break;
        case AlterAction::Kind::no_inherit:
            table.parents.erase(key(action.other));
            break;
        default:
            break;
    }
}

void KnownSchema::rename_table(const std::string& from, const std::string& to) {
    if (m_indexes.count(from) > 0)
        return rename_key(m_indexes, from, to);
    rename_key(m_tables, from, to);
    for (auto& [name, table] : m_tables) {
        if (table.parent == from)
            table.parent = to;
        if (table.parents.erase(from) > 0)
            table.parents.insert(to);
        for (auto& [constraint_name, constraint] : table.constraints)
            if (constraint.references == from)
                constraint.references = to;
    }
    for (auto& [name, index] : m_indexes)
        if (index.table == from)
            index.table = to;
}

void KnownSchema::drop(std::string_view statement, const sql::Facts& facts) {
    const NameList list = drop_list(statement, facts);
    for (const sql::NameParts& name : list.names) {
        const std::string dropped = key(name);
        if (facts.kind == "drop index") {
            m_indexes.erase(dropped);
        } else if (facts.kind == "drop schema") {
            for (const std::string& table : in_schema(name.back()))
                m_tables.erase(table);
        } else if (facts.kind == "drop function" || facts.kind == "drop procedure") {
            m_functions.erase(dropped);
        } else if (facts.kind == "drop type" || facts.kind == "drop domain") {
            m_enums.erase(dropped);
            m_domains.erase(dropped);
        } else if (facts.kind == "drop table" || facts.kind == "drop view" || facts.kind == "drop materialized view" ||
                   facts.kind == "drop foreign table") {
            m_tables.erase(dropped);
            for (auto& [other, table] : m_tables)
                if (table.default_partition == dropped)
                    table.default_partition.clear();
        }
    }
}

void KnownSchema::set_search_path(std::string_view statement) {
    TokenCursor cursor(statement);
    cursor.take();
    if (!cursor.take_word("local"))
        cursor.take_word("session");
    cursor.take();
    cursor.take();
    m_default_schema = cursor.peek().value();
    if (m_default_schema == "default" || m_default_schema == "pg_catalog" || m_default_schema == "$user")
        m_default_schema.clear();
}

}  // namespace tripmig::lint
