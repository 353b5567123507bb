#pragma once

#include <chrono>
#include <cstdint>

namespace tripmig::backfill {

/// How much one chunk takes, in blocks, rows or keys: sizes itself so that a chunk lasts about as long as its target.
class ChunkSize {
  public:
    struct Bounds {
        std::int64_t smallest = 1;
        std::int64_t largest = 1;
    };

    /// `first` is put within the bounds.
    ChunkSize(std::int64_t first, Bounds bounds, std::chrono::milliseconds target);

    [[nodiscard]] std::int64_t size() const noexcept { return m_size; }

    /// A full chunk took that long. The next one is nearer to the target, by a factor of two at most: one slow chunk (a
    /// checkpoint, a lock) must not make a thousand tiny ones.
    void took(std::chrono::milliseconds duration);

  private:
    std::int64_t m_size;
    Bounds m_bounds;
    std::chrono::milliseconds m_target;
};

}  // namespace tripmig::backfill
