#include "move/load.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ddl/index_definition.hpp"
#include "ddl/statement_step.hpp"
#include "move/keys.hpp"
#include "sql/identifier.hpp"

namespace tripmig::move {

namespace chr = std::chrono;
using ddl::statement;

Step load_blocks(const Projection& projection, std::int64_t first, std::int64_t past) {
    const std::string columns = ddl::column_list(projection.columns);
    return statement(fmt::format("INSERT INTO {0} ({1}) OVERRIDING SYSTEM VALUE SELECT {1} FROM ONLY {2} WHERE ctid >= "
                                 "'({3},0)'::pg_catalog.tid AND ctid < '({4},0)'::pg_catalog.tid",
                                 sql::quoted(projection.target), columns, sql::quoted(projection.source), first, past),
                     fmt::format("blocks {} to {}", first, past - 1), {{projection.source, LockMode::access_share}});
}

Step same_file(const Projection& projection, std::int64_t filenode) {
    return ddl::check(fmt::format("SELECT pg_catalog.pg_relation_filenode({}::pg_catalog.regclass) = {}",
                                  sql::quote_literal(sql::quoted(projection.source)), filenode),
                      std::string(rewritten_meanwhile));
}

Step purge_touched(const Projection& projection, const Capture& capture) {
    return statement(fmt::format("DELETE FROM {} AS copied USING (SELECT DISTINCT {} FROM {}) AS touched WHERE {}",
                                 sql::quoted(projection.target), ddl::column_list(projection.keys),
                                 sql::quoted(capture.log), equal_keys(projection.keys, "copied", "touched")),
                     "rows that changed since capture began come with the catch-up");
}

namespace {

constexpr std::int64_t smallest_chunk = 16;
constexpr std::int64_t first_chunk = 256;

/// The next chunk's size, from what the last one took: towards the target, by no more than a factor of two.
std::int64_t next_size(std::int64_t size, chr::milliseconds took, chr::milliseconds target) {
    const auto measured = std::max<std::int64_t>(took.count(), 1);
    const std::int64_t wanted = size * std::max<std::int64_t>(target.count(), 1) / measured;
    return std::max(smallest_chunk, std::clamp(wanted, size / 2, size * 2));
}

void report(Reporter& reporter, const Projection& projection, std::int64_t done, std::int64_t total) {
    Event event{Severity::debug, "move.loaded", {}, {}, {}};
    event.message = fmt::format("load {}: {} of {} blocks", sql::quoted(projection.target), done, total);
    event.progress = Progress{fmt::format("load {}", sql::quoted(projection.target)), static_cast<std::uint64_t>(done),
                              static_cast<std::uint64_t>(total), "blocks"};
    reporter.emit(event);
}

}  // namespace

void load(const Projection& projection, LoadRange range, chr::milliseconds chunk_target, db::Executor& executor,
          const StopSignal& stop, Reporter& reporter, const std::function<Step(std::int64_t next_block)>& journal) {
    std::int64_t size = first_chunk;
    while (range.next_block < range.blocks) {
        stop.check();
        const std::int64_t past = std::min(range.next_block + size, range.blocks);
        Unit unit;
        unit.name =
            fmt::format("load blocks {} to {} of {}", range.next_block, past - 1, sql::quoted(projection.source));
        unit.asynchronous = true;
        unit.steps = {load_blocks(projection, range.next_block, past), same_file(projection, range.filenode),
                      journal(past)};
        const auto started = chr::steady_clock::now();
        executor.run(unit);
        size = next_size(size, chr::duration_cast<chr::milliseconds>(chr::steady_clock::now() - started), chunk_target);
        range.next_block = past;
        report(reporter, projection, past, range.blocks);
    }
}

}  // namespace tripmig::move
