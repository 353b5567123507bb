#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <system_error>

namespace tripmig {

/// Reads a regular file or a FIFO into `text`; what went wrong, when something did. At most that many bytes
/// (errc::file_too_large), and a FIFO for at most that long (errc::timed_out; errc::interrupted by a signal). A device
/// or a directory is errc::not_supported: it may have no end. /dev/null has one.
std::error_code read_file(const std::filesystem::path& file, std::size_t most_bytes, std::chrono::milliseconds patience,
                          std::string& text);

/// The same of a file of any size, and of a FIFO for half a minute.
std::error_code read_file(const std::filesystem::path& file, std::string& text);

}  // namespace tripmig
