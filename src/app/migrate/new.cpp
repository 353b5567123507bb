#include "app/migrate/new.hpp"

#include <fmt/format.h>

#include <cctype>
#include <filesystem>
#include <system_error>

#include "app/migrate/target/target.hpp"
#include "base/civil.hpp"
#include "base/error.hpp"
#include "base/write_file.hpp"

namespace tripmig::app {

namespace fs = std::filesystem;

namespace {

std::string as_file_words(const std::string& name) {
    std::string words;
    for (const char c : name) {
        const bool is_plain =
            std::isalnum(static_cast<unsigned char>(c)) != 0 || (static_cast<unsigned char>(c) & 0x80U) != 0;
        if (is_plain)
            words += c;
        else if (!words.empty() && words.back() != '_')
            words += '_';
    }
    while (!words.empty() && words.back() == '_')
        words.pop_back();
    if (words.empty())
        throw Error(ExitCode::usage, fmt::format("\"{}\" has no letter or digit for a file name", name),
                    "tripmig new add_users_table");
    return words;
}

using migrate::Dialect;

/// The next number where versions are small numbers, with as many digits as the newest one has; the time where they are
/// times. In an empty directory what the dialect's own tool would take, and 1 for tripmig's own.
std::string next_version(const migrate::Directory& directory, Instant now, bool by_time) {
    constexpr std::size_t digits_of_a_time = 14;
    if (!by_time && !directory.versioned.empty()) {
        const std::string newest = directory.versioned.back().version.text();
        const std::string first = newest.substr(0, newest.find('.'));
        const std::string& name = directory.versioned.back().file;
        const std::size_t digits = name.find_first_not_of("0123456789");  // 0 in V12__x.sql
        if (first.size() < 9)
            return fmt::format("{:0{}}", std::stoll(first) + 1, digits == std::string::npos ? 0 : digits);
    }
    if (!by_time && directory.versioned.empty() && directory.dialect == Dialect::flyway)
        return "1";
    std::string time;
    for (const char c : format_timestamp(now))
        if (c >= '0' && c <= '9' && time.size() < digits_of_a_time)
            time += c;
    if (!directory.versioned.empty()) {  // made within the same second
        const std::string newest = directory.versioned.back().version.text();
        if (newest.size() == digits_of_a_time && newest >= time)
            return fmt::format("{}", std::stoll(newest) + 1);
    }
    return time;
}

struct NewFile {
    std::string name;
    std::string content;
};

/// The files of a new migration, as the directory's dialect has them.
std::vector<NewFile> new_files(Dialect dialect, const std::string& version, const std::string& words,
                               const NewOptions& options) {
    const std::string& name = options.name;
    const bool with_undo = options.with_undo;
    switch (dialect) {
        case Dialect::golang_migrate: {
            const std::string stem = fmt::format("{}_{}", version, words);
            std::vector<NewFile> files{{stem + ".up.sql", fmt::format("-- {}\n", name)}};
            if (with_undo)
                files.push_back({stem + ".down.sql", fmt::format("-- Undoes {}.up.sql\n", stem)});
            return files;
        }
        case Dialect::dbmate:  // which wants both
            return {{fmt::format("{}_{}.sql", version, words), "-- migrate:up\n\n-- migrate:down\n"}};
        case Dialect::goose:
            return {{fmt::format("{}_{}.sql", version, words),
                     with_undo ? "-- +goose Up\n\n-- +goose Down\n" : "-- +goose Up\n"}};
        case Dialect::flyway:
            break;
    }
    const std::string stem = fmt::format("{}__{}.sql", version, words);
    std::vector<NewFile> files{{"V" + stem, fmt::format("-- {}\n", name)}};
    if (with_undo)
        files.push_back({"U" + stem, fmt::format("-- Undoes V{}\n", stem)});
    return files;
}

void write_new(const fs::path& path, const std::string& text) {
    const std::error_code failed = create_file(path, text);
    if (failed == std::errc::file_exists)
        throw Error(ExitCode::usage, fmt::format("{} already exists", path.string()), "choose another name");
    if (failed)
        throw Error(ExitCode::usage, fmt::format("cannot write {}: {}", path.string(), failed.message()),
                    "check the directory and the free space");
}

void make_folder(const fs::path& dir) {
    std::error_code failed;
    fs::create_directories(dir, failed);
    if (failed)
        throw Error(ExitCode::usage,
                    fmt::format("cannot create the migrations directory {}: {}", dir.string(), failed.message()),
                    "check the path, or name another one with --migrations");
}

}  // namespace

NewMigration make_migration(const Context& context, const NewOptions& options) {
    const fs::path& dir = context.config.migrations.dir;
    const std::string words = as_file_words(options.name);  // before anything is made
    make_folder(dir);
    const migrate::Directory directory = read_migrations(context, true);
    NewMigration made;
    for (const NewFile& file :
         new_files(directory.dialect, next_version(directory, context.clock.now(), options.numbers_by_time), words,
                   options)) {
        made.files.push_back((dir / file.name).string());
        write_new(made.files.back(), file.content);
    }
    return made;
}

}  // namespace tripmig::app
