#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "partition/archive/manifest.hpp"

namespace tripmig::partition {

/// Up to that many bytes into the buffer; how many. 0: the end.
using ByteSource = std::function<std::size_t(char* buffer, std::size_t size)>;
/// Is given each row of the file, as COPY has it, with its line end.
using RowSink = std::function<void(std::string_view)>;

/// Reads an archive from its first byte to its last and holds it against itself: its form, its SHA-256, and the number
/// and the hash of the rows that are in it against those that the server counted when it was written. Shares no code
/// with what writes it. Throws Error{refused} that names the file and what is wrong with it: no archive at all, another
/// version's, truncated, changed.
Manifest read_archive(const ByteSource& bytes, const std::string& name, const RowSink& sink = {});
Manifest read_archive(const std::filesystem::path& file, const RowSink& sink = {});

}  // namespace tripmig::partition
