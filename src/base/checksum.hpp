#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace tripmig {

/// SHA-256 (FIPS 180-4) in lower-case hex, 64 characters.
std::string sha256_hex(std::string_view bytes);

/// The same piece by piece.
class Sha256 {
  public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void add(std::string_view bytes);
    /// Of all that was added. Nothing can be added after that.
    [[nodiscard]] std::string hex();

  private:
    struct State;
    std::unique_ptr<State> m_state;
};

/// CRC-32 as in zlib and java.util.zip.CRC32 (polynomial 0xEDB88320). Pass a former result to go on from there.
std::uint32_t crc32(std::string_view bytes, std::uint32_t former = 0);

}  // namespace tripmig
