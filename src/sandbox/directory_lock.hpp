#pragma once

#include <filesystem>
#include <optional>

#include "base/stop_signal.hpp"
#include "sandbox/server_user.hpp"

namespace tripmig::sandbox {

/// Throws Error{refused} when the directory, which exists, is not one of ours (our user's or `owner`'s) that others
/// are kept out of: in /tmp anyone could have put it there.
void require_own_directory(const std::filesystem::path& directory, const std::optional<ServerUser>& owner);

/// One process at a time starts or stops the sandbox of a directory: an flock(2) on the directory itself, which ends
/// with the process.
class DirectoryLock {
  public:
    /// Makes the directory when it is missing (mode 0700, of `owner`, or our own) and waits for the lock.
    /// Throws Error{refused} when what stands there is not a directory of ours that others are kept out of: in /tmp
    /// anyone could have put it there.
    DirectoryLock(const std::filesystem::path& directory, const std::optional<ServerUser>& owner,
                  const StopSignal& stop);
    ~DirectoryLock();
    DirectoryLock(const DirectoryLock&) = delete;
    DirectoryLock& operator=(const DirectoryLock&) = delete;

    [[nodiscard]] bool made_directory() const noexcept { return m_made; }

  private:
    void open_directory(const std::filesystem::path& directory, const std::optional<ServerUser>& owner);

    int m_descriptor = -1;
    bool m_made = false;
};

}  // namespace tripmig::sandbox
