#include "job/source/publication_check.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/index_definition.hpp"
#include "job/source/replica_identity.hpp"
#include "sql/identifier.hpp"

namespace tripmig::job {

namespace {

/// Whether a publication of every table lets the table's rows be updated and deleted.
bool has_replica_identity(const db::TableInfo& table) {
    return table.replica_identity == 'd' ? table.primary_key() != nullptr : table.replica_identity != 'n';
}

/// What the replica identity will have, and the publication's list of columns has not: PostgreSQL then refuses every
/// UPDATE and DELETE (manual 31.4).
std::vector<std::string> unpublished_identity(const db::PublicationInfo& publication, const db::TableInfo& table,
                                              const std::string& key) {
    std::vector<std::string> lacking;
    if (publication.columns.empty())
        return lacking;
    for (const std::string& column : identity_columns(table, key).after)
        if (std::find(publication.columns.begin(), publication.columns.end(), column) == publication.columns.end())
            lacking.push_back(column);
    return lacking;
}

void refuse_column_list(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                        const std::vector<std::string>& lacking, Report& report) {
    const std::string name = sql::quote_ident(publication.name);
    const std::string relation = sql::quoted(table.name);
    std::vector<std::string> columns = publication.columns;
    columns.insert(columns.end(), lacking.begin(), lacking.end());
    report.refuse(
        fmt::format("publication {}", name),
        fmt::format("publishes only the columns ({}), but the replica identity will be ({}): every UPDATE and DELETE "
                    "of {} would fail",
                    ddl::column_list(publication.columns), ddl::column_list(identity_columns(table, key).after),
                    relation),
        fmt::format("BEGIN; ALTER PUBLICATION {0} DROP TABLE {1}; ALTER PUBLICATION {0} ADD TABLE {1} ({2}){3}; COMMIT",
                    name, relation, ddl::column_list(columns), publication.row_filter));
}

}  // namespace

void check_publication(const db::PublicationInfo& publication, const db::TableInfo& table, const std::string& key,
                       bool is_copied, Report& report) {
    const std::string subject = fmt::format("publication {}", sql::quote_ident(publication.name));
    if (!publication.via_root)
        report.refuse(subject, "publishes partitions under their own names, which its subscribers do not know",
                      fmt::format("ALTER PUBLICATION {} SET (publish_via_partition_root = true)",
                                  sql::quote_ident(publication.name)));
    else if (const auto lacking = unpublished_identity(publication, table, key); !lacking.empty())
        refuse_column_list(publication, table, key, lacking, report);
    else if (publication.names_table)
        report.ok(subject, "continues under the table's name");
    else if (is_copied && !has_replica_identity(table))
        report.refuse(
            subject, "publishes every table, and rows of this one have no replica identity to update or delete them by",
            "ALTER TABLE ... REPLICA IDENTITY FULL, or add a primary key first");
    else
        report.note(subject,
                    "publishes every table of the database or schema, also those that tripmig creates: a subscriber "
                    "stops at a change of a table that it lacks. Create these tables there, empty, or let it subscribe "
                    "to a publication FOR TABLE, which names its tables");
}

}  // namespace tripmig::job
