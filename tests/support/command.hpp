#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripmig::test {

/// A directory under /tmp that goes when the test ends.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const noexcept { return m_path; }

    /// Writes a file there; "migrations/V1__a.sql" makes the folder as well. Returns its full path.
    std::filesystem::path write(const std::filesystem::path& name, std::string_view content) const;
    [[nodiscard]] std::string read(const std::filesystem::path& name) const;

  private:
    std::filesystem::path m_path;
};

/// Around a command: what differs from the test's own surroundings.
struct Surroundings {
    std::map<std::string, std::optional<std::string>> environment;  ///< nullopt takes a variable away
    std::filesystem::path directory;                                ///< empty: the test's own
    std::string input;                                              ///< stdin
};

struct CommandResult {
    int exit_code = 0;  ///< 128 + n when a signal ended it
    std::string out;
    std::string err;
};

inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

constexpr std::chrono::seconds default_patience{60};

/// A process that runs while the test does something else. Killed when the test forgets it.
class BackgroundCommand {
  public:
    /// `command`: a program of PATH or a path, and its arguments.
    explicit BackgroundCommand(const std::vector<std::string>& command, const Surroundings& surroundings = {});
    ~BackgroundCommand();
    BackgroundCommand(const BackgroundCommand&) = delete;
    BackgroundCommand& operator=(const BackgroundCommand&) = delete;

    [[nodiscard]] int pid() const noexcept { return m_pid; }
    void kill(int signal_number) const;
    [[nodiscard]] bool is_running();

    // What it has written until now.
    [[nodiscard]] std::string out() const;
    [[nodiscard]] std::string err() const;

    /// Until it has written that text to stdout or stderr. Throws std::runtime_error when it ends without, or in time.
    void wait_for_text(std::string_view text, std::chrono::milliseconds patience = default_patience);

    /// Until it ends. Throws std::runtime_error, and kills it, when it does not in that time.
    CommandResult wait(std::chrono::milliseconds patience = default_patience);

  private:
    bool wait_for_end(std::chrono::milliseconds patience);
    [[nodiscard]] std::string describe() const;

    std::vector<std::string> m_command;
    int m_pid = -1;
    int m_process = -1;  ///< a pidfd (pidfd_open(2)): readable when the process has ended
    int m_out = -1;      ///< memory files: a process that writes much never waits for us
    int m_err = -1;
    std::optional<int> m_exit_code;
};

/// The built binary, of TRIPMIG_BINARY, before these arguments.
std::vector<std::string> tripmig_command(const std::vector<std::string>& arguments);

/// Runs any command to its end.
CommandResult run_command(const std::vector<std::string>& command, const Surroundings& surroundings = {},
                          std::chrono::milliseconds patience = default_patience);

/// Runs the built binary to its end.
CommandResult run_tripmig(const std::vector<std::string>& arguments, const Surroundings& surroundings = {},
                          std::chrono::milliseconds patience = default_patience);

}  // namespace tripmig::test
