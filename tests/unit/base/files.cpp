#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>

#include "base/read_file.hpp"
#include "base/write_file.hpp"

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using tripmig::create_file;
using tripmig::read_file;
using tripmig::write_file;

namespace {

struct Folder {
    Folder() {
        std::string name = (fs::temp_directory_path() / "tripmig-files-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() { fs::remove_all(path); }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::size_t entries() const {
        return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {}));
    }
    fs::path path;
};

std::string content(const fs::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::error_code read(const fs::path& file, std::string& text, std::size_t most = 100) {
    return read_file(file, most, 100ms, text);
}

}  // namespace

TEST_CASE("a regular file is replaced as a whole and keeps its mode; a new one is made") {
    const Folder folder;
    const fs::path file = folder.path / "a";
    CHECK_FALSE(write_file(file, "one"));
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    std::ifstream open_before(file);
    CHECK_FALSE(write_file(file, "two"));
    CHECK(content(file) == "two");
    std::string of_before;
    open_before >> of_before;
    CHECK(of_before == "one");  // another file has its name: nobody reads half of it
    CHECK(fs::status(file).permissions() == (fs::perms::owner_read | fs::perms::owner_write));
    CHECK(folder.entries() == 1);
    CHECK(write_file(folder.path / "none" / "a", "x") == std::errc::no_such_file_or_directory);
    CHECK(write_file(folder.path, "x"));
    CHECK(folder.entries() == 1);
}

TEST_CASE("a link stays, and what it points to is replaced, in its own folder") {
    const Folder folder;
    fs::create_directory(folder.path / "there");
    fs::create_symlink("there/target", folder.path / "link");
    fs::create_symlink("link", folder.path / "chain");
    CHECK_FALSE(write_file(folder.path / "chain", "one"));  // where it points to, nothing is yet
    CHECK_FALSE(write_file(folder.path / "link", "two"));
    CHECK(fs::is_symlink(folder.path / "link"));
    CHECK(fs::is_symlink(folder.path / "chain"));
    CHECK(content(folder.path / "there/target") == "two");
    fs::create_symlink("circle", folder.path / "circle");
    CHECK(write_file(folder.path / "circle", "x") == std::errc::too_many_symbolic_link_levels);
}

TEST_CASE("a FIFO, a device and an open descriptor are written to, and stay what they are") {
    const Folder folder;
    const fs::path fifo = folder.path / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), S_IRUSR | S_IWUSR) == 0);
    const int reader = ::open(fifo.c_str(), O_RDONLY | O_NONBLOCK);
    fs::create_symlink("fifo", folder.path / "link");
    CHECK_FALSE(write_file(folder.path / "link", "hello"));
    std::array<char, 16> buffer{};
    CHECK(::read(reader, buffer.data(), buffer.size()) == 5);
    ::close(reader);
    CHECK(fs::is_fifo(fifo));
    fs::create_symlink("/dev/full", folder.path / "full");  // a link: no test may take a device away
    CHECK(write_file(folder.path / "full", "x") == std::errc::no_space_on_device);
    CHECK(fs::is_character_file("/dev/full"));
    std::array<int, 2> ends{};
    REQUIRE(::pipe(ends.data()) == 0);
    CHECK_FALSE(write_file("/proc/self/fd/" + std::to_string(ends[1]), "abc"));
    CHECK(::read(ends[0], buffer.data(), buffer.size()) == 3);
    ::close(ends[0]);
    ::close(ends[1]);
}

TEST_CASE("a new file is never an old one") {
    const Folder folder;
    CHECK_FALSE(create_file(folder.path / "a", "one"));
    CHECK(create_file(folder.path / "a", "two") == std::errc::file_exists);
    fs::create_symlink("elsewhere", folder.path / "dangling");
    CHECK(create_file(folder.path / "dangling", "x") == std::errc::file_exists);
    CHECK(content(folder.path / "a") == "one");
}

TEST_CASE("reading has a limit of size and of time, and takes no device") {
    const Folder folder;
    std::string text;
    const fs::path file = folder.path / "a";
    CHECK_FALSE(write_file(file, std::string(100, 'x')));
    CHECK_FALSE(read(file, text));
    CHECK(text.size() == 100);
    CHECK(read(file, text, 99) == std::errc::file_too_large);
    CHECK(read("/dev/zero", text) == std::errc::not_supported);
    CHECK_FALSE(read("/dev/null", text));
    CHECK(text.empty());
    CHECK(read(folder.path, text) == std::errc::not_supported);
    CHECK(read(folder.path / "none", text) == std::errc::no_such_file_or_directory);
    const fs::path fifo = folder.path / "fifo";
    REQUIRE(::mkfifo(fifo.c_str(), S_IRUSR | S_IWUSR) == 0);
    CHECK(read(fifo, text) == std::errc::timed_out);
    std::thread writer([&fifo] { std::ofstream(fifo) << "secret"; });
    CHECK_FALSE(read_file(fifo, 100, 30s, text));
    writer.join();
    CHECK(text == "secret");
}
