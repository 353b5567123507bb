#include "partition/split/checks.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "base/error.hpp"
#include "db/catalog/partition_catalog.hpp"
#include "db/state/altering_jobs.hpp"
#include "ddl/column_text.hpp"
#include "job/copy/row_hash.hpp"
#include "job/source/publication_check.hpp"
#include "job/source/source_table.hpp"
#include "job/transfer.hpp"
#include "partition/split/plan.hpp"
#include "sql/identifier.hpp"

namespace tripmig::partition {

namespace {

/// DETACH takes no row away that another table's row points to, as foreign keys of the policy composite do: better said
/// before the copy than after it.
void check_unreferenced(job::Session& server, const db::TableInfo& parent, const QualifiedName& source,
                        job::Report& report) {
    for (const db::IncomingKey& key : parent.incoming) {
        const std::string sql =
            fmt::format("SELECT EXISTS (SELECT FROM {} AS referencing JOIN {} AS leaf ON {})", sql::quoted(key.table),
                        sql::quoted(source), ddl::all_equal("leaf", key.referenced, "referencing", key.columns));
        if (server.session().flag(sql))
            report.refuse(sql::quoted(source),
                          fmt::format("rows of {} point to its rows (foreign key {}), which cannot leave {} even for "
                                      "a moment",
                                      sql::quoted(key.table), sql::quote_ident(key.name), sql::quoted(parent.name)),
                          "tripmig swap run TABLE --strategy copy splits the past of a table from the start");
    }
}

void check_kind(const db::TableInfo& source, job::Report& report) {
    if (source.kind == 'f')
        report.refuse(sql::quoted(source.name), "it is a foreign table, whose rows another server has",
                      "copy its rows into a plain partition first");
    if (source.kind == 'p')
        report.refuse(sql::quoted(source.name), "it is partitioned itself",
                      "name partitions that hold rows themselves");
}

/// Another job that works on one of the tables.
void check_no_job(job::Session& server, const job::State& state, const std::vector<db::TableInfo>& sources,
                  job::Report& report) {
    for (const db::AlteringJob& job : db::read_altering_jobs(server.session(), server.state_schema()))
        for (const db::TableInfo& source : sources)
            if (std::find(job.tables.begin(), job.tables.end(), source.oid) != job.tables.end())
                report.refuse(sql::quoted(source.name),
                              fmt::format("a {} of {} is not finished", job.kind, sql::quoted(job.table)),
                              fmt::format("tripmig swap status {}", sql::quoted(job.table)));
    if (server.open_job(state.parent()))
        report.refuse(sql::quoted(state.table),
                      fmt::format("a swap of {} is not finished", sql::quoted(state.parent())),
                      "tripmig swap finish TABLE closes it; it cannot be reverted after that");
}

}  // namespace

void check_dependents(const db::TableInfo& partition, const job::State& state, job::Report& report) {
    std::vector<std::string> bound;
    for (const db::DependentInfo& dependent : partition.dependents)
        bound.push_back(dependent.description);
    for (const db::RuleInfo& rule : partition.rules)
        bound.push_back(fmt::format("its rule {}", sql::quote_ident(rule.name)));
    for (const db::PublicationInfo& publication : partition.publications)
        if (publication.names_table)
            bound.push_back(fmt::format("publication {}", sql::quote_ident(publication.name)));
    if (!bound.empty())
        report.refuse(sql::quoted(partition.name),
                      fmt::format("what is bound to it would stay with it when it is no longer a partition: {}",
                                  fmt::join(bound, ", ")),
                      fmt::format("bind it to {}, which has the same rows, or drop it", sql::quoted(state.parent())));
}

void check_sources(job::Session& server, const db::TableInfo& parent, const job::State& state, job::Report& report) {
    std::vector<db::TableInfo> sources;
    for (const QualifiedName& name : state.sources())
        sources.push_back(job::require_table(server, name));
    check_no_job(server, state, sources, report);
    if (!parent.can_alter)
        report.refuse(sql::quoted(state.table), fmt::format("the role does not own {}", sql::quoted(parent.name)),
                      "connect as its owner, or as a member of it", ExitCode::no_privilege);
    for (const db::TableInfo& source : sources) {
        check_kind(source, report);
        check_dependents(source, state, report);
        check_unreferenced(server, parent, source.name, report);
    }
    for (const db::PublicationInfo& publication : parent.publications)
        job::check_publication(publication, parent, state.key, true, report);
}

void choose_row_key(job::Session& server, const db::TableInfo& parent, job::State& state, job::Report& report) {
    // Of a merge the parent's key alone: a partition's own unique index says nothing of the others' rows.
    const db::TableInfo keyed = state.does(job::PartitionVerb::merge) ? parent : job::source_of(server, state);
    state.primary_key = job::row_keys(keyed);
    if (!state.primary_key.empty())
        return;
    job::report_row_hash(server, keyed, state, report);
}

void require_sources(job::Session& server, const job::State& state) {
    std::vector<job::SourcePartition> sources{{state.table, state.bound(), 0, 0, 0}};
    sources.insert(sources.end(), state.partition().more.begin(), state.partition().more.end());
    const auto partitioning = db::read_partitioning(server.session(), state.parent());
    for (const job::SourcePartition& source : sources) {
        const auto is_there = [&](const db::PartitionInfo& each) {
            return each.name == source.name && each.bound == source.bound &&
                   (source.oid == 0 || each.oid == source.oid) && !each.is_detach_pending;
        };
        if (partitioning && std::any_of(partitioning->partitions.begin(), partitioning->partitions.end(), is_there))
            continue;
        const std::string name = sql::quoted(source.name);
        const std::string parent = sql::quoted(state.parent());
        throw refused(
            state, fmt::format("{} is no longer the partition {} of {}", name, source.bound, parent),
            fmt::format("attach it again: ALTER TABLE {} ATTACH PARTITION {} {}; or abort the {}: `tripmig "
                        "swap abort {}`",
                        parent, name, source.bound, job::to_string(state.partition().verb), sql::quoted(state.table)));
    }
}

}  // namespace tripmig::partition
