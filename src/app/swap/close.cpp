#include "app/swap/close.hpp"

#include <fmt/format.h>

#include "app/job_watch.hpp"
#include "job/open_job.hpp"
#include "job/session.hpp"
#include "partition/split/partition_job.hpp"
#include "sql/identifier.hpp"
#include "swap/close.hpp"
#include "swap/revert.hpp"

namespace tripmig::app {

SwapResult finish_swap(const Context& context, const QualifiedName& table, const Confirm& confirm) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    const JobWatch watch(context, server);
    server.take_job(table);
    swap::require_complete(server, table);
    confirm(fmt::format("finish closes the swap of {}: it cannot be reverted afterwards", sql::quoted(table)));
    return {table, swap::finish(server, table), {}};
}

SwapResult abort_swap(const Context& context, const QualifiedName& table) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    const JobWatch watch(context, server);
    server.take_job(table);
    const bool is_split = job::require_job(server, table).is<job::PartitionJob>();
    return {table, is_split ? partition::abort_partition_job(server, table) : swap::abort(server, table), {}};
}

SwapResult revert_swap(const Context& context, const QualifiedName& table) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    const JobWatch watch(context, server);
    server.take_job(table);
    return {table, swap::revert(server, table), {}};
}

}  // namespace tripmig::app
