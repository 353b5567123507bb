#include "backfill/transfer.hpp"

#include <fmt/format.h>

#include "ddl/private_object.hpp"
#include "ddl/statement_step.hpp"
#include "sql/identifier.hpp"

namespace tripmig::backfill {

using ddl::statement;

Transfer transfer_for(Capture capture, std::vector<Projection> projections, std::int64_t job) {
    Transfer transfer;
    transfer.chunks = {capture.log.schema, fmt::format("chunks_{}", job)};
    transfer.touched = {capture.log.schema, fmt::format("touched_{}", job)};
    transfer.capture = std::move(capture);
    transfer.projections = std::move(projections);
    return transfer;
}

std::vector<Step> prepare_transfer(const Transfer& transfer) {
    std::vector<Step> steps = prepare_capture(transfer.capture);
    steps.push_back(statement(
        fmt::format("CREATE TABLE {} (first_block pg_catalog.int8 PRIMARY KEY, past_block pg_catalog.int8 NOT "
                    "NULL, loaded_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.clock_timestamp())",
                    sql::quoted(transfer.chunks)),
        "what is loaded, so that a later run resumes there"));
    steps.push_back(ddl::make_table_private(transfer.chunks));
    std::string keys;
    for (const Capture::Key& key : transfer.capture.keys)
        keys += fmt::format("{}{} {}", keys.empty() ? "" : ", ", sql::quote_ident(key.name), key.type);
    steps.push_back(statement(fmt::format("CREATE UNLOGGED TABLE {} ({}) WITH (autovacuum_enabled = off)",
                                          sql::quoted(transfer.touched), keys),
                              "the keys of one round of the catch-up"));
    steps.push_back(ddl::make_table_private(transfer.touched));
    return steps;
}

std::vector<Step> begin_transfer(const Transfer& transfer) {
    std::vector<Step> steps = prepare_transfer(transfer);
    ddl::append(steps, capture_triggers(transfer.capture));
    return steps;
}

std::vector<Step> restart_transfer(const Transfer& transfer) {
    return {statement(fmt::format("DELETE FROM {} WHERE truncated", sql::quoted(transfer.capture.log)),
                      "what is loaded from here on is newer"),
            statement(fmt::format("DELETE FROM {}", sql::quoted(transfer.chunks)), "nothing is loaded")};
}

std::vector<Step> end_transfer(const Transfer& transfer) {
    std::vector<Step> steps = end_capture(transfer.capture);
    for (const QualifiedName& table : {transfer.chunks, transfer.touched})
        steps.push_back(statement(fmt::format("DROP TABLE IF EXISTS {}", sql::quoted(table)), "the work is done"));
    return steps;
}

}  // namespace tripmig::backfill
