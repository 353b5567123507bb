#include "app/migrate/target/foreign_history_check.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "db/state/foreign_history.hpp"
#include "db/state/history_edit.hpp"
#include "migrate/adoption.hpp"
#include "sql/identifier.hpp"

namespace tripmig::app {

void refuse_files_of_another_tool(const Context& context, const MigrationTarget& target) {
    const db::History& history = target.history;
    if (!history.applied.empty() ||
        (history.has_state && !db::versions_ever(*target.connection, context.config.state.schema).empty()))
        return;
    for (const db::ForeignTable& table : db::find_foreign_tables(*target.connection)) {
        if (migrate::tells_of(db::read_foreign_history(*target.connection, table), target.directory))
            throw Error(
                ExitCode::refused,
                fmt::format(
                    "{} says that {} has applied files of this directory here, but tripmig's history has none of them",
                    sql::quoted(table.name), db::display_name(table.tool)),
                "`tripmig adopt` takes over that history. If the table belongs to another service whose files have the "
                "same names: `tripmig up --ignore-foreign-history`");
    }
}

}  // namespace tripmig::app
