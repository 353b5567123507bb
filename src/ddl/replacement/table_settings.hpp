#pragma once

#include <string>
#include <vector>

#include "base/step.hpp"
#include "db/catalog/parent_facts.hpp"
#include "ddl/replacement/replacement.hpp"

namespace tripmig::ddl {

/// What a table that was just created must be like. An event trigger runs within CREATE and ALTER TABLE and may change
/// any of it (manual 40.1): so all of it is set in so many words, and looked at before COMMIT.
struct TableSettings {
    struct Trigger {
        std::string name;
        char enabled = 'O';  ///< pg_trigger.tgenabled
    };

    QualifiedName table;
    std::string owner;
    bool row_security = false;
    bool force_row_security = false;
    bool compares_access = false;   ///< false: a partition, whose grants and triggers beyond its parent's do no harm
    bool has_acl = false;           ///< false: the owner alone has everything
    std::vector<db::Grant> grants;  ///< of the table, where it has an ACL, and of columns
    std::vector<Trigger> triggers;  ///< those that must be there
    std::vector<std::string> more_triggers;  ///< names of others that may be there
};

TableSettings settings_of(const db::ParentFacts& parent, const QualifiedName& partition);
/// Of the table that takes the place of another. `own_triggers`: names of those that the caller adds.
TableSettings settings_of(const Replacement& replacement, const std::vector<std::string>& own_triggers);

/// Owner and both flags of row security, whatever they are by now.
Step set_owner_and_row_security(const TableSettings& settings);

/// A check that each of these tables is as said; what differs is named.
Step check_settings(const std::vector<TableSettings>& tables);

}  // namespace tripmig::ddl
