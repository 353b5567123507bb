#include "support/command.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace tripmig::test {

namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
    std::string name = "/tmp/tripmig-test-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
        throw std::runtime_error("cannot make " + name);
    m_path = name;
}

TemporaryFolder::~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(m_path, ignored);
}

fs::path TemporaryFolder::write(const fs::path& name, std::string_view content) const {
    fs::path file = m_path / name;
    fs::create_directories(file.parent_path());
    std::ofstream stream(file, std::ios::binary);
    stream << content;
    stream.close();
    if (!stream)
        throw std::runtime_error("cannot write " + file.string());
    return file;
}

std::string TemporaryFolder::read(const fs::path& name) const {
    std::ifstream stream(m_path / name, std::ios::binary);
    if (!stream)
        throw std::runtime_error("cannot read " + (m_path / name).string());
    std::ostringstream text;
    text << stream.rdbuf();
    return text.str();
}

namespace {

int memory_file(const char* name, std::string_view content = {}) {
    const int descriptor = ::memfd_create(name, MFD_CLOEXEC);
    if (descriptor < 0 ||
        ::pwrite(descriptor, content.data(), content.size(), 0) != static_cast<ssize_t>(content.size()))
        throw std::runtime_error("cannot make a memory file");
    return descriptor;
}

std::string content_of(int descriptor) {
    struct stat status {};
    ::fstat(descriptor, &status);
    std::string text(static_cast<std::size_t>(status.st_size), '\0');
    const ssize_t count = ::pread(descriptor, text.data(), text.size(), 0);
    text.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return text;
}

std::vector<std::string> environment_of(const Surroundings& surroundings) {
    std::vector<std::string> variables;
    for (char** entry = ::environ; *entry != nullptr; ++entry) {
        const std::string variable = *entry;
        if (surroundings.environment.count(variable.substr(0, variable.find('='))) == 0)
            variables.push_back(variable);
    }
    for (const auto& [name, value] : surroundings.environment)
        if (value)
            variables.push_back(name + "=" + *value);
    return variables;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
    std::vector<char*> pointers;
    pointers.reserve(words.size() + 1);
    for (std::string& word : words)
        pointers.push_back(word.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// Between fork() and exec(): async-signal-safe calls only.
[[noreturn]] void become(char* const* argv, char* const* environment, const char* directory,
                         const std::array<int, 3>& standard) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    for (std::size_t i = 0; i < standard.size(); ++i)
        ::dup2(standard[i], static_cast<int>(i));
    if (*directory == '\0' || ::chdir(directory) == 0)
        ::execvpe(argv[0], argv, environment);
    ::_exit(127);
}

}  // namespace

BackgroundCommand::BackgroundCommand(const std::vector<std::string>& command, const Surroundings& surroundings)
    : m_command(command), m_out(memory_file("stdout")), m_err(memory_file("stderr")) {
    std::vector<std::string> words = command;
    std::vector<std::string> variables = environment_of(surroundings);
    const std::vector<char*> argv = pointers(words);
    const std::vector<char*> environment = pointers(variables);
    const int in = memory_file("stdin", surroundings.input);
    m_pid = ::fork();
    if (m_pid == 0)
        become(argv.data(), environment.data(), surroundings.directory.c_str(), {in, m_out, m_err});
    ::close(in);
    if (m_pid < 0)
        throw std::runtime_error("cannot start " + describe());
    m_process = static_cast<int>(::syscall(SYS_pidfd_open, m_pid, 0));
}

BackgroundCommand::~BackgroundCommand() {
    if (is_running()) {
        ::kill(m_pid, SIGKILL);
        ::waitpid(m_pid, nullptr, 0);
    }
    for (const int descriptor : {m_process, m_out, m_err})
        ::close(descriptor);
}

void BackgroundCommand::kill(int signal_number) const {
    if (!m_exit_code)
        ::kill(m_pid, signal_number);
}

bool BackgroundCommand::is_running() {
    return !wait_for_end(std::chrono::milliseconds(0));
}

std::string BackgroundCommand::out() const {
    return content_of(m_out);
}

std::string BackgroundCommand::err() const {
    return content_of(m_err);
}

void BackgroundCommand::wait_for_text(std::string_view text, std::chrono::milliseconds patience) {
    constexpr std::chrono::milliseconds read_again{5};
    const auto deadline = std::chrono::steady_clock::now() + patience;
    const auto is_there = [&] {
        return out().find(text) != std::string::npos || err().find(text) != std::string::npos;
    };
    while (!is_there()) {
        if (wait_for_end(read_again) && !is_there())
            throw std::runtime_error("ended without \"" + std::string(text) + "\": " + describe());
        if (std::chrono::steady_clock::now() > deadline)
            throw std::runtime_error("no \"" + std::string(text) + "\" in time: " + describe());
    }
}

CommandResult BackgroundCommand::wait(std::chrono::milliseconds patience) {
    if (!wait_for_end(patience)) {
        ::kill(m_pid, SIGKILL);
        throw std::runtime_error("did not end in time: " + describe());
    }
    return {*m_exit_code, out(), err()};
}

bool BackgroundCommand::wait_for_end(std::chrono::milliseconds patience) {
    if (m_exit_code)
        return true;
    const auto deadline = std::chrono::steady_clock::now() + patience;
    pollfd descriptor{m_process, POLLIN, 0};
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now()).count();
        const int ready = ::poll(&descriptor, 1, left < 0 ? 0 : static_cast<int>(left));
        if (ready == 0)
            return false;
        if (ready > 0)
            break;
    }
    int status = 0;
    ::waitpid(m_pid, &status, 0);
    m_exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

std::string BackgroundCommand::describe() const {
    std::string text;
    for (const std::string& word : m_command)
        text += word + " ";
    return text + "\n--- stdout\n" + out() + "\n--- stderr\n" + err();
}

std::vector<std::string> tripmig_command(const std::vector<std::string>& arguments) {
    const char* const binary = std::getenv("TRIPMIG_BINARY");
    if (binary == nullptr)
        throw std::runtime_error("TRIPMIG_BINARY is not set: it names the built binary");
    std::vector<std::string> command{binary};
    command.insert(command.end(), arguments.begin(), arguments.end());
    return command;
}

CommandResult run_command(const std::vector<std::string>& command, const Surroundings& surroundings,
                          std::chrono::milliseconds patience) {
    return BackgroundCommand(command, surroundings).wait(patience);
}

CommandResult run_tripmig(const std::vector<std::string>& arguments, const Surroundings& surroundings,
                          std::chrono::milliseconds patience) {
    return run_command(tripmig_command(arguments), surroundings, patience);
}

}  // namespace tripmig::test
