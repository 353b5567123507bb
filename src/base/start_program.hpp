#pragma once

#include <sys/types.h>

#include <array>
#include <csignal>
#include <string>
#include <vector>

namespace tripmig {

/// argv or envp for exec: pointers into `words`, which must outlive it, and a closing nullptr.
std::vector<char*> exec_vector(std::vector<std::string>& words);

/// How a program begins, as plain memory that outlives its start: between fork() and exec() only async-signal-safe
/// calls are allowed (signal-safety(7)), so nothing may be allocated there.
struct ProgramStart {
    char* const* argv = nullptr;           ///< the program, of PATH or with its path, and its arguments
    char* const* environment = nullptr;    ///< nullptr: our own
    const char* directory = nullptr;       ///< nullptr: where we are
    std::array<int, 3> standard{0, 1, 2};  ///< the descriptors that become its stdin, stdout and stderr
    bool leads_group = false;              ///< a process group of its own
    int death_signal = 0;                  ///< what it gets when its parent is gone; 0: nothing
    pid_t parent = 0;                      ///< not 0: nothing begins without that parent
    sigset_t signal_mask{};                ///< the signals that it has blocked
};

/// In the child of a fork(): becomes the program, with no handler of ours. Returns errno when it cannot.
int become_program(const ProgramStart& start) noexcept;

struct StartedProgram {
    pid_t pid = -1;
    int failure = 0;  ///< not 0: errno, and no such process runs
};

/// A child process that becomes the program. Throws Error{unexpected} when there can be no other process.
StartedProgram start_program(const ProgramStart& start);

/// The exit code that a shell would show for what waitpid() said: 128 + n: ended by signal n.
int shell_status(int wait_status);

/// The same of a child, once it has ended.
int wait_for_program(pid_t pid);

}  // namespace tripmig
