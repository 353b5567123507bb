#include <fmt/format.h>

#include "config/name_pattern.hpp"
#include "doctor/partition_checks.hpp"
#include "doctor/statements.hpp"

namespace tripmig::doctor {

namespace {

std::string escaped(const std::string& text) {
    std::string result;
    for (const char c : text) {
        if (std::string_view("\\^$.|?*+()[]{}").find(c) != std::string_view::npos)
            result += '\\';
        result += c;
    }
    return result;
}

}  // namespace

std::string partition_name_expression(const config::PartitionPolicy& policy) {
    std::string expression = "^";
    for (const config::NamePiece& piece : config::parse_name_pattern(policy.name)) {
        using Kind = config::NamePiece::Kind;
        if (piece.kind == Kind::literal)
            expression += escaped(piece.text);
        else if (piece.kind == Kind::table)
            expression += escaped(policy.table.name);
        else
            expression += "[0-9]+";
    }
    return expression + "$";
}

Seen<std::vector<SiblingDifference>> read_siblings(Reader& reader) {
    return see(reader.connection(), [&] {
        std::vector<SiblingDifference> found;
        for (const db::Row& row : reader.rows(statements::siblings))
            found.push_back({row.name(), row.text("kind"), row.text("feature"), row.number("having_it"),
                             row.number("siblings"), row.flag("is_lacking"), row.list("who")});
        return found;
    });
}

Seen<std::vector<DetachedTable>> read_detached(Reader& reader, const std::vector<config::PartitionPolicy>& policies) {
    return see(reader.connection(), [&] {
        std::vector<DetachedTable> found;
        for (const config::PartitionPolicy& policy : policies)
            for (const db::Row& row :
                 reader.rows(statements::tables_like, {policy.table.schema, partition_name_expression(policy)}))
                if (row.text("name") != policy.table.name)
                    found.push_back({policy.table, {policy.table.schema, row.text("name")}, row.number("bytes")});
        return found;
    });
}

bool finalize_is_all(Reader& reader, const std::string& partition) {
    return reader.rows(statements::finalize_is_all, {partition}).flag();
}

}  // namespace tripmig::doctor
