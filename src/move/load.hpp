#pragma once

#include <chrono>
#include <cstdint>
#include <functional>

#include "base/event.hpp"
#include "base/step.hpp"
#include "base/stop_signal.hpp"
#include "db/executor.hpp"
#include "move/capture.hpp"
#include "move/projection.hpp"

namespace tripmig::move {

/// The rows that stand in blocks [first, past) of the source now, by a TID range scan: sequential whatever the key is.
Step load_blocks(const Projection& projection, std::int64_t first, std::int64_t past);

/// True while the source's rows are where they were when the load began. VACUUM FULL, CLUSTER and TRUNCATE move them.
Step same_file(const Projection& projection, std::int64_t filenode);
/// What same_file() refuses with: load again.
inline constexpr std::string_view rewritten_meanwhile = "the table was rewritten while it was copied";

/// Deletes from the target what the log names by now. What is left was not touched since capture began, lived in one
/// block, and so was copied exactly once.
Step purge_touched(const Projection& projection, const Capture& capture);

/// How far a load is.
struct LoadRange {
    std::int64_t next_block = 0;
    std::int64_t blocks = 0;  ///< of the source when capture began; what came later is in the log
    std::int64_t filenode = 0;
};

/// Loads what is left, a chunk a transaction; chunks size themselves to `chunk_target`. `journal` makes the step that
/// records the progress in the chunk's own transaction. Throws Error{refused} with rewritten_meanwhile.
void load(const Projection& projection, LoadRange range, std::chrono::milliseconds chunk_target, db::Executor& executor,
          const StopSignal& stop, Reporter& reporter, const std::function<Step(std::int64_t next_block)>& journal);

}  // namespace tripmig::move
