#include "sandbox/program.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "base/error.hpp"

namespace tripmig::sandbox {

int shell_status(int wait_status) {
    return WIFSIGNALED(wait_status) ? 128 + WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
}

std::vector<char*> exec_vector(std::vector<std::string>& words) {
    std::vector<char*> vector;
    vector.reserve(words.size() + 1);
    for (std::string& word : words)
        vector.push_back(word.data());
    vector.push_back(nullptr);
    return vector;
}

const std::vector<std::string>& bare_environment() {
    static const std::vector<std::string> environment{
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "TZ=UTC"};
    return environment;
}

namespace {

struct Pipe {
    Pipe() {
        if (::pipe2(ends.data(), O_CLOEXEC) != 0)
            throw Error(ExitCode::unexpected, "cannot create a pipe: too many open files?");
    }
    ~Pipe() {
        close_end(0);
        close_end(1);
    }
    Pipe(const Pipe&) = delete;
    Pipe& operator=(const Pipe&) = delete;

    void close_end(std::size_t end) {
        if (ends[end] >= 0)
            ::close(ends[end]);
        ends[end] = -1;
    }

    std::array<int, 2> ends{-1, -1};
};

std::string read_to_end(int descriptor) {
    std::string text;
    std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
        if (count > 0)
            text.append(buffer.data(), static_cast<std::size_t>(count));
        else if (count == 0 || errno != EINTR)
            return text;
    }
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments, std::string_view input) {
    std::vector<std::string> words = arguments;
    const std::vector<char*> argv = exec_vector(words);
    std::vector<std::string> variables = bare_environment();
    const std::vector<char*> envp = exec_vector(variables);
    Pipe to;
    Pipe from;
    posix_spawn_file_actions_t actions{};
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, to.ends[0], STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, from.ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, from.ends[1], STDERR_FILENO);
    pid_t pid = 0;
    const int failure = ::posix_spawnp(&pid, argv[0], &actions, nullptr, argv.data(), envp.data());
    ::posix_spawn_file_actions_destroy(&actions);
    if (failure != 0)
        return {127, {}};
    to.close_end(0);
    from.close_end(1);
    [[maybe_unused]] const ssize_t written = ::write(to.ends[1], input.data(), input.size());
    to.close_end(1);
    ProgramResult result;
    result.output = read_to_end(from.ends[0]);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    result.status = shell_status(status);
    return result;
}

}  // namespace tripmig::sandbox
