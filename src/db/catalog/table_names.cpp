#include "db/catalog/table_names.hpp"

#include "db/result.hpp"
#include "db/statements.hpp"

namespace tripmig::db {

std::vector<std::string> table_names(Connection& connection, bool are_partitions) {
    std::vector<std::string> names;
    for (const Row row : connection.execute(std::string(statements::table_names), {are_partitions ? "true" : "false"}))
        names.push_back(row.text("name"));
    return names;
}

}  // namespace tripmig::db
