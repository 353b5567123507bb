#include "doctor/check_list.hpp"

#include <algorithm>
#include <array>

namespace tripmig::doctor {

namespace {

constexpr std::array list{
    CheckInfo{"connection.reachable", "error", "The server answers, and lets the role in.",
              "What the message says: address, password, firewall, connection limits."},
    CheckInfo{"connection.tls", "error, warning",
              "A connection to another machine is encrypted (else an error), and the server's certificate and name are "
              "verified (else a warning).",
              "`sslmode=verify-full` and `sslrootcert=FILE` in the URL."},
    CheckInfo{"connection.server_version", "error, warning",
              "The version is at least 14 (else an error), and no minor version with a fault that partitioned tables "
              "meet.",
              "Install the newest minor version."},
    CheckInfo{"connection.pooler", "warning",
              "No transaction pooler is in between, which loses session locks. Port 6432 is Azure's PgBouncer.",
              "`direct_url` with the server's own port, or `pooler = \"session\"`."},
    CheckInfo{"connection.clock", "warning", "This machine's clock and the server's differ by less than 5 seconds.",
              "Time synchronisation. The server's clock is the one that counts for partitions."},
    CheckInfo{"connection.role", "error, warning, note",
              "The role can use or create the state schema (else an error), is no superuser (warning), and sees other "
              "roles' sessions and statements (else a note: much of this report is then about its own alone).",
              "`GRANT CREATE ON DATABASE`, another role, `GRANT pg_monitor`."},
    CheckInfo{"connection.writable", "warning, note",
              "The server is no standby (note), and `default_transaction_read_only` is off (else a warning).",
              "Connect to the primary; `ALTER ROLE ... RESET default_transaction_read_only`."},
    CheckInfo{"server.parameters", "warning",
              "The parameters in `[doctor.parameters]` have the values that stand there.",
              "`ALTER SYSTEM SET`, or the provider's server parameters."},
    CheckInfo{"server.pending_restart", "warning", "No changed parameter waits for a restart of the server.",
              "Restart the server, in a maintenance window."},
    CheckInfo{"server.max_locks", "error, warning",
              "A query that reads every partition of the largest table locks each partition and each of its indexes. "
              "The lock table holds at least two of them (else an error), and those of a tenth of all connections.",
              "A larger `max_locks_per_transaction`, or queries that name the partition key."},
    CheckInfo{"server.work_mem", "warning",
              "work_mem times max_connections, and shared_buffers, fit into `memory` of `[doctor]`.",
              "A smaller `work_mem` or `max_connections`."},
    CheckInfo{"server.slot_wal", "warning",
              "With replication slots, `max_slot_wal_keep_size` limits the WAL that a dead one keeps.",
              "`ALTER SYSTEM SET max_slot_wal_keep_size`."},
    CheckInfo{"server.event_triggers", "note", "Enabled event triggers: they run within tripmig's DDL.",
              "See that they let DDL pass."},
    CheckInfo{"health.xid_age", "error, warning",
              "No database's oldest transaction id is older than 500 million or 1.2 `autovacuum_freeze_max_age` "
              "(warning), or 1.5 billion (error); at 2 billion the server stops writing.",
              "`VACUUM (FREEZE)` of the tables that are named; end what holds it back."},
    CheckInfo{"health.multixact_age", "error, warning", "The same for multixacts.", "`VACUUM (FREEZE)`."},
    CheckInfo{"health.dead_rows", "warning", "No table has more than 10,000 dead rows that are a fifth of it or more.",
              "`VACUUM`; end old transactions; switch autovacuum on."},
    CheckInfo{"health.bloat", "warning",
              "No table of more than 100 MB is less than half full, as far as statistics tell.",
              "pg_repack, or a copy swap."},
    CheckInfo{"health.never_analyzed", "warning",
              "No table of 1,000 rows or more was never analyzed. Autovacuum never analyzes partitioned tables "
              "themselves.",
              "`ANALYZE`; `--fix` does it."},
    CheckInfo{"health.long_transactions", "error, warning",
              "No transaction is open for more than 5 minutes (warning), an hour (error), prepared ones included.",
              "`SELECT pg_terminate_backend(PID)`; `ROLLBACK PREPARED`."},
    CheckInfo{"health.blocked", "error, warning",
              "No session waits for a lock for more than 5 seconds (warning), a minute (error).",
              "End the blocker that is named."},
    CheckInfo{"health.replication_lag", "warning", "No replica is behind by more than `max_replica_lag` of `[swap]`.",
              "Look at the replica: its disk, its network, queries that hold it up."},
    CheckInfo{"health.slots", "error, warning",
              "No replication slot is lost (error), or unused and keeps WAL (warning).",
              "`SELECT pg_drop_replication_slot(NAME)`, once nobody needs it."},
    CheckInfo{"health.connections", "error, warning",
              "Fewer than 80 % (warning) or 95 % (error) of the connections are in use.",
              "Smaller pools in the service, a pooler, a larger `max_connections`."},
    CheckInfo{"health.cache_hit", "note",
              "Of more than 100,000 blocks read, at least 90 % were found in shared_buffers.",
              "More `shared_buffers`, or queries that read less."},
    CheckInfo{
        "health.disk", "error, warning",
        "All databases fill less than 80 % (warning) or 90 % (error) of `disk_size` in `[doctor]`, and at the rate "
        "that was measured the disk is not full within 30 days (warning) or 7 days (error).",
        "A larger disk; detach and archive old partitions."},
    CheckInfo{"health.wal_archiving", "error", "When WAL is archived, the last attempt succeeded.",
              "`archive_command`'s own log."},
    CheckInfo{"health.backup", "error, warning",
              "The newest backup is younger than `backup_age` in `[doctor]` (else an error). It warns when nothing "
              "here tells how old that is.",
              "Look at the backup job; `backup_file`."},
    CheckInfo{"schema.invalid_indexes", "error, warning",
              "No index is invalid: an interrupted CONCURRENTLY (warning), a partitioned index that partitions lack "
              "(error).",
              "`REINDEX INDEX CONCURRENTLY`, `DROP INDEX CONCURRENTLY`; `--fix` does it."},
    CheckInfo{"schema.unvalidated_constraints", "warning", "No constraint is NOT VALID.",
              "`ALTER TABLE ... VALIDATE CONSTRAINT`; `--fix` does it."},
    CheckInfo{"schema.foreign_keys", "warning, note",
              "Every foreign key has an index on its columns: a note up to 10,000 rows, else a warning.",
              "`CREATE INDEX CONCURRENTLY`."},
    CheckInfo{"schema.sequences", "error, warning",
              "No sequence has used 70 % (warning) or 90 % (error) of what it or its column can hold.",
              "A bigint column: the page says how, while the service runs."},
    CheckInfo{"schema.collations", "error",
              "No collation that indexes use has another version than when they were built: they may miss rows.",
              "`REINDEX` first, then `ALTER DATABASE ... REFRESH COLLATION VERSION`."},
    CheckInfo{"schema.primary_keys", "note", "Every table has a primary key.", "`ALTER TABLE ... ADD PRIMARY KEY`."},
    CheckInfo{"schema.grants", "error", "The roles in `[doctor.roles]` exist, and may do what stands there.",
              "The `GRANT` that is shown."},
    CheckInfo{"schema.drift", "warning",
              "The schema is that of `schema_file` in `[doctor]`, as `dump --check` compares, and nobody changed it by "
              "hand since the last run recorded it.",
              "`tripmig dump FILE` and `tripmig repair --accept-drift` when the change is right; else take it back."},
    CheckInfo{"partitions.policies", "error, warning",
              "Every policy can be read, and its table exists and is partitioned as it says. A table that is not "
              "partitioned yet is a warning.",
              "What the message says; `tripmig swap run`."},
    CheckInfo{"partitions.present", "error", "There is a partition for now: without it inserts fail.",
              "`tripmig partition maintain`"},
    CheckInfo{"partitions.premake", "error, warning",
              "As many partitions are ahead as the policy wants (else a warning); fewer than 7 days left is an error.",
              "`tripmig partition maintain`, and why it did not run."},
    CheckInfo{"partitions.gaps", "warning", "No range between partitions is without one.",
              "`tripmig partition maintain`"},
    CheckInfo{"partitions.default_rows", "warning", "No row in DEFAULT belongs in a partition of its own.",
              "`tripmig partition split DEFAULT`"},
    CheckInfo{"partitions.pending_detach", "warning", "No DETACH ... CONCURRENTLY was interrupted.",
              "`tripmig partition maintain`; `--fix` finishes it."},
    CheckInfo{"partitions.retention", "warning", "No partition is kept a day longer than the policy says.",
              "`tripmig partition maintain`, and what it says."},
    CheckInfo{"partitions.beyond", "note", "No empty partition is beyond what premake asks for.",
              "Drop those that nobody wants."},
    CheckInfo{"partitions.registry", "error", "The triggers that keep a table's registry are there and enabled.",
              "`ALTER TABLE ... ENABLE ALWAYS TRIGGER`, then `tripmig swap verify`."},
    CheckInfo{"partitions.siblings", "warning",
              "Partitions of one table have the same indexes, grants, triggers, constraints, storage and owner.",
              "Give the others the same, or take it away."},
    CheckInfo{"partitions.detached", "warning, note",
              "Tables that tripmig detached and that are still there, with what they take. One that should have been "
              "dropped more than a day ago is a warning.",
              "`tripmig partition archive`, once nobody needs them; `tripmig partition maintain` drops what is due."},
    CheckInfo{"partitions.without_policy", "note", "Every partitioned table has a policy.",
              "A file in `[partitions] dir`, if tripmig is to maintain it."},
    CheckInfo{"tripmig.jobs", "warning, note", "No swap or split is half done. One that somebody works on is a note.",
              "`tripmig swap run TABLE`, `tripmig swap finish TABLE`, `tripmig swap abort TABLE`."},
    CheckInfo{"tripmig.triggers", "error", "Nobody altered the triggers that an open job relies on.",
              "`tripmig swap run TABLE` repairs what it can, and says what is left."},
    CheckInfo{"tripmig.state", "error",
              "The state schema's tables belong to the role, nobody else may write them, and they have no foreign "
              "triggers.",
              "The SQL that is shown."},
    CheckInfo{"tripmig.half_applied", "error", "No migration stopped half way.",
              "`tripmig up` resumes it, or what the message says."},
    CheckInfo{"tripmig.migrations", "error, warning",
              "Files and history agree (else an error), and none is pending (warning).",
              "`tripmig validate`, `tripmig up`"},
    CheckInfo{"queries.statistics", "note", "pg_stat_statements can be read, with every role's statements.",
              "`CREATE EXTENSION pg_stat_statements`; `GRANT pg_read_all_stats`."},
    CheckInfo{"queries.slowest", "warning, note",
              "The five statements that took the most time; a warning when one takes more than a second on average.",
              "`EXPLAIN (ANALYZE, BUFFERS)`."},
    CheckInfo{"queries.all_partitions", "warning",
              "No statement names a partitioned table without its partition key: it reads every partition.",
              "The key in its WHERE."},
};

}  // namespace

std::span<const CheckInfo> check_list() {
    return list;
}

std::vector<std::string> groups() {
    std::vector<std::string> names;
    for (const CheckInfo& check : list)
        if (names.empty() || names.back() != check.group())
            names.emplace_back(check.group());
    return names;
}

std::vector<std::string> checklist_names() {
    return {"before-deploy", "after-deploy", "in-operation"};
}

namespace {

std::vector<ChecklistLine> before_deploy() {
    return {
        {"Cloud subscription and permissions",
         {},
         "whoever deploys: az account show; az role assignment list --assignee ME"},
        {"Terraform's version (1.0 or newer)", {}, "whoever deploys: terraform version"},
        {"Logged in to the cloud's command line", {}, "whoever deploys: az account show"},
        {"No two networks with the same addresses",
         {},
         "network team: az network vnet list --query '[].addressSpace.addressPrefixes'"},
        {"No resource of the same name", {}, "whoever deploys: az resource list --name NAME"},
        {"Disk space planned", {"health.disk"}, ""},
    };
}

std::vector<ChecklistLine> after_deploy() {
    return {
        {"The server runs",
         {"connection.reachable", "connection.server_version", "connection.writable", "server.parameters",
          "server.pending_restart"},
         ""},
        {"Private endpoint connected",
         {"connection.tls"},
         "network team: az network private-endpoint-connection list; getent hosts SERVER has a private address"},
        {"Secrets are in the vault", {}, "whoever deploys: az keyvault secret list --vault-name VAULT"},
        {"Backups are on", {"health.backup", "health.wal_archiving"}, ""},
        {"Dashboard shows the server", {}, "on call: open the dashboard, and see that its numbers move"},
        {"Alerts reach somebody", {}, "on call: let one alert fire, and see that it arrives"},
        {"The application connects",
         {"schema.grants", "health.connections"},
         "application team: the service's health page, and its log"},
        {"Indexes are built", {"schema.invalid_indexes", "partitions.siblings", "tripmig.migrations"}, ""},
        {"Partitions are set up",
         {"partitions.policies", "partitions.present", "partitions.premake", "partitions.gaps"},
         ""},
    };
}

std::vector<ChecklistLine> in_operation() {
    return {
        {"Daily backup", {"health.backup", "health.wal_archiving"}, ""},
        {"Performance metrics",
         {"health.connections", "health.cache_hit", "health.long_transactions", "health.blocked",
          "health.replication_lag", "health.dead_rows"},
         ""},
        {"Disk space and its growth", {"health.disk", "health.bloat"}, ""},
        {"Query performance", {"queries.statistics", "queries.slowest", "queries.all_partitions"}, ""},
        {"Partition maintenance",
         {"partitions.policies", "partitions.present", "partitions.premake", "partitions.gaps",
          "partitions.default_rows", "partitions.pending_detach", "partitions.retention"},
         ""},
        {"Security updates",
         {"connection.server_version"},
         "whoever runs the server: the provider's planned maintenance, PostgreSQL's security page"},
        {"Cost", {}, "whoever pays: the provider's cost analysis of this resource group"},
        {"Logs and open issues", {}, "on call: the server's log since the last look: ERROR, FATAL, deadlock"},
    };
}

}  // namespace

std::vector<ChecklistLine> checklist(std::string_view name) {
    if (name == "before-deploy")
        return before_deploy();
    return name == "after-deploy" ? after_deploy() : in_operation();
}

}  // namespace tripmig::doctor
