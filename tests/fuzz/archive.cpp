// Any bytes are an archive, or are refused with an Error that names the file. As they come they are seldom zstd, so they are packed too.
#include <zstd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "partition/archive/read.hpp"

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void read_or_refuse(std::string bytes) {
    std::size_t at = 0;
    const tripmig::partition::ByteSource source = [&](char* buffer, std::size_t size) {
        const std::size_t count = std::min(size, bytes.size() - at);
        std::memcpy(buffer, bytes.data() + at, count);
        at += count;
        return count;
    };
    std::int64_t rows = 0;
    try {
        const tripmig::partition::Manifest manifest =
            tripmig::partition::read_archive(source, "some.sql.zst", [&](std::string_view row) {
                require(row.back() == '\n');
                ++rows;
            });
        require(rows == manifest.content.rows && !manifest.columns.empty());
    } catch (const tripmig::Error& error) {
        require(error.code() == tripmig::ExitCode::refused);
        require(tripmig::describe(error).find("some.sql.zst") != std::string::npos);
    }
}

std::string packed(const std::string& text) {
    std::string bytes(ZSTD_compressBound(text.size()), '\0');
    bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 1));
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    read_or_refuse(text);
    read_or_refuse(packed(text));
    read_or_refuse(packed(text + "-- sha256 " + tripmig::sha256_hex(text) + "\n"));  // the rest of it must be wrong then
    return 0;
}
