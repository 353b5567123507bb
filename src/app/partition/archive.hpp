#pragma once

#include <optional>
#include <string>

#include "app/confirm.hpp"
#include "app/context.hpp"
#include "partition/archive/restore.hpp"
#include "partition/archive/write.hpp"
#include "partition/retention/attach.hpp"

namespace tripmig::app {

struct ArchiveOptions {
    std::string table;
    std::string dir;     ///< empty: the policy's
    bool keeps = false;  ///< the table stays
};

struct ArchiveResult {
    partition::Archived archived;
    bool is_dropped = false;
};

/// Writes a table that was detached into a file, verifies it, and drops the table when that is agreed. Not while
/// `partition maintain` runs.
ArchiveResult archive_partition(const Context& context, const ArchiveOptions& options, const Confirm& confirm);

struct RestoreResult {
    partition::Manifest manifest;
    bool has_parent = false;  ///< the partitioned table that it belonged to is in this database
    std::optional<partition::AttachResult> attached;
};

/// Makes the table of an archive again, and a partition with `attaches`.
RestoreResult restore_partition(const Context& context, const std::string& file, bool attaches);

}  // namespace tripmig::app
