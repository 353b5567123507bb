#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

namespace tripmig {

/// Puts the text into the file; what went wrong, when something did. A regular file, or none, is replaced by rename:
/// a reader sees all of the text or what was there before, and mode and owner stay. A symbolic link stays, what it
/// points to is replaced. Anything else (a device, a FIFO, an open descriptor in /proc) is written to.
std::error_code write_file(const std::filesystem::path& file, std::string_view text);

/// Whose a file is to be.
struct FileOwner {
    uid_t user = 0;
    gid_t group = 0;
};

/// Puts the text into a file in a folder that nobody else may write to: one that is made only its owner may read, and
/// a symbolic link is not followed.
std::error_code write_private_file(const std::filesystem::path& file, std::string_view text,
                                   const std::optional<FileOwner>& owner);

/// Makes a file that must not exist yet, not even as a dangling link: std::errc::file_exists otherwise.
std::error_code create_file(const std::filesystem::path& file, std::string_view text);

}  // namespace tripmig
