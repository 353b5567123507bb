#include "ddl/composite_key.hpp"

#include <fmt/format.h>

#include "sql/identifier.hpp"

namespace tripmig::ddl {

namespace {

std::string stem(const CompositeKey& composite) {
    return composite.key.table.name + "_" + composite.column;
}

}  // namespace

QualifiedName CompositeKey::function() const {
    return {parent.schema, sql::truncated_name(stem(*this), "_fill")};
}

std::string CompositeKey::fill_trigger() const {
    return sql::truncated_name("zz_" + stem(*this), "_fill");
}

std::string CompositeKey::settle_trigger() const {
    return sql::truncated_name("00_" + stem(*this), "_settle");
}

std::string CompositeKey::interim_name() const {
    return sql::truncated_name(interim_prefix, key.name);
}

std::string companion_column(const db::IncomingKey& key, const std::string& partition_key) {
    for (const std::string& referenced : key.referenced)
        if (referenced == partition_key)
            return {};
    const std::string& column = key.columns.back();
    const std::string suffix = "_" + key.referenced.back();
    if (column.size() > suffix.size() && column.compare(column.size() - suffix.size(), suffix.size(), suffix) == 0)
        return sql::truncated_name(column.substr(0, column.size() - suffix.size()) + "_" + partition_key);
    return sql::truncated_name(column + "_" + partition_key);
}

}  // namespace tripmig::ddl
