#pragma once

#include <string>

namespace tripmig::test {

/// part_config and part_config_sub with the columns that pg_partman 5 documents, in the schema pm.
inline const std::string partman_5 =
    "CREATE SCHEMA pm; CREATE TABLE pm.part_config (parent_table text PRIMARY KEY, control text NOT NULL, time_encoder "
    "text, "
    "time_decoder "
    "text, partition_interval text NOT NULL, partition_type text NOT NULL, premake int NOT NULL DEFAULT 4, "
    "automatic_maintenance text NOT NULL DEFAULT 'on', template_table text, retention text, retention_schema text, "
    "retention_keep_index boolean NOT NULL DEFAULT true, retention_keep_table boolean NOT NULL DEFAULT true, epoch "
    "text "
    "NOT NULL DEFAULT 'none', constraint_cols text[], infinite_time_partitions boolean NOT NULL DEFAULT false, "
    "datetime_string text, jobmon boolean NOT NULL DEFAULT true, undo_in_progress boolean NOT NULL DEFAULT false, "
    "default_table boolean DEFAULT true, maintenance_order int, maintenance_last_run timestamptz);"
    "CREATE TABLE pm.part_config_sub (sub_parent text PRIMARY KEY, sub_control text NOT NULL, sub_partition_interval "
    "text NOT NULL, sub_partition_type text NOT NULL, sub_automatic_maintenance text NOT NULL DEFAULT 'on');";

}  // namespace tripmig::test
