#include "app/help/completion_words.hpp"

#include "app/migrate/target/target.hpp"
#include "base/error.hpp"
#include "config/policy.hpp"
#include "db/catalog/table_names.hpp"
#include "db/connection.hpp"
#include "db/connection_parameters.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

namespace {

constexpr std::chrono::seconds longest_wait{2};

std::vector<std::string> versions(const Context& context) {
    std::vector<std::string> words;
    for (const migrate::Migration& migration : read_migrations(context).versioned)
        words.push_back(migration.version.text());
    return words;
}

std::vector<std::string> tables_of_policies(const Context& context) {
    std::vector<std::string> words;
    for (const config::PolicyFile& file : config::read_policy_files(context.config.partitions.dir))
        if (file.policy)
            words.push_back(file.policy->table.schema == "public" ? sql::quote_ident(file.policy->table.name)
                                                                  : sql::quoted(file.policy->table));
    return words;
}

std::vector<std::string> tables_of_server(const Context& context, bool are_partitions) {
    config::DatabaseConfig database = db::direct_connection(context.config.database);
    database.connect_timeout = longest_wait;
    db::Connection connection(database, "completion", context.reporter, context.stop, db::SessionSettings::own);
    return db::table_names(connection, are_partitions);
}

template <typename Words>
std::vector<std::string> or_nothing(const Words& words) {
    try {
        return words();
    } catch (const Error&) {
        return {};
    }
}

}  // namespace

std::vector<std::string> completion_words(const Context& context, const std::string& kind) {
    if (kind == "versions")
        return or_nothing([&] { return versions(context); });
    const bool are_partitions = kind == "partitions";
    const std::vector<std::string> words = or_nothing([&] { return tables_of_server(context, are_partitions); });
    return words.empty() && !are_partitions ? or_nothing([&] { return tables_of_policies(context); }) : words;
}

}  // namespace tripmig::app
