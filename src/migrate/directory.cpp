#include "migrate/directory.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "migrate/dialect.hpp"
#include "sql/scanner.hpp"

namespace tripmig::migrate {

namespace fs = std::filesystem;

namespace {

Error unreadable(const fs::path& path, int number) {
    return Error(ExitCode::usage, fmt::format("cannot read {}: {}", path.string(), std::strerror(number)),
                 "check the path and that this user may read it");
}

/// The bytes of the files that this one includes, theirs too: what they say is part of what the migration does.
void append_included(std::string& bytes, const fs::path& directory, const fs::path& file, const std::string& content,
                     int depth) {
    if (content.find("\\i") == std::string::npos)
        return;
    if (depth > 16)
        throw Error(ExitCode::usage, fmt::format("{}: files include each other more than 16 deep", file.string()),
                    "a file must not include itself, directly or through others");
    sql::ScanOptions options;
    options.file = file.lexically_relative(directory).string();
    for (const sql::Include& include : sql::scan(content, options).includes) {
        const fs::path target = resolve_include(directory, file, include.path, include.is_relative);
        const std::string included = read_file(target);
        bytes += included;
        append_included(bytes, directory, target, included, depth + 1);
    }
}

std::vector<SourceFile> files_below(const fs::path& directory) {
    std::error_code failure;
    if (!fs::is_directory(directory, failure))
        throw Error(ExitCode::usage, fmt::format("the migrations directory {} is not there", directory.string()),
                    "give it with --migrations DIR, TRIPMIG_MIGRATIONS_DIR, or `dir` in [migrations] of tripmig.toml");
    std::vector<std::string> names;
    const std::size_t prefix = (directory / "").native().size();
    for (fs::recursive_directory_iterator at(directory, failure), end; at != end && !failure; at.increment(failure))
        if (at->is_regular_file())
            names.push_back(at->path().native().substr(prefix));
    if (failure)
        throw unreadable(directory, failure.value());
    std::sort(names.begin(), names.end());
    std::vector<SourceFile> files;
    files.reserve(names.size());
    for (const std::string& name : names)
        files.emplace_back(directory / name, name, std::binary_search(names.begin(), names.end(), name + ".conf"));
    return files;
}

void refuse_twins(const std::vector<Migration>& sorted) {
    for (std::size_t i = 1; i < sorted.size(); ++i) {
        const Migration& one = sorted[i - 1];
        const Migration& other = sorted[i];
        const bool same =
            one.kind == Kind::repeatable ? one.description == other.description : one.version == other.version;
        if (same)
            throw Error(ExitCode::usage,
                        fmt::format("{} and {} are the same migration: {}", one.file, other.file,
                                    one.kind == Kind::repeatable ? one.description : "version " + one.version.text()),
                        "give one of them another version");
    }
}

}  // namespace

std::string read_file(const fs::path& path) {
    const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        throw unreadable(path, errno);
    struct stat info {};
    std::string content;
    // One byte more than it has: the read that fills less tells that this was all. Pipes tell no size.
    std::size_t room = ::fstat(descriptor, &info) == 0 ? static_cast<std::size_t>(info.st_size) + 1 : 1;
    std::size_t filled = 0;
    ssize_t count = 0;
    do {
        content.resize(filled + room);
        count = ::read(descriptor, content.data() + filled, room);
        filled += count > 0 ? static_cast<std::size_t>(count) : 0;
        room = std::max<std::size_t>(content.size() - filled, 4096);
    } while (count > 0 && (filled == content.size() || !S_ISREG(info.st_mode)));
    const int number = errno;
    ::close(descriptor);
    if (count < 0)
        throw unreadable(path, number);
    content.resize(filled);
    return content;
}

fs::path resolve_include(const fs::path& directory, const fs::path& including, std::string_view target,
                         bool is_relative) {
    const fs::path root = fs::weakly_canonical(directory);
    const fs::path base = is_relative ? fs::weakly_canonical(including).parent_path() : root;
    fs::path found = fs::weakly_canonical(base / fs::path(target));
    const fs::path inside = found.lexically_relative(root);
    if (inside.empty() || *inside.begin() == "..")
        throw Error(
            ExitCode::usage,
            fmt::format("{} includes {}, which is outside of the migrations directory", including.string(), target),
            "a migration may include files of its own directory only: move the file there");
    if (!fs::is_regular_file(found))
        throw Error(ExitCode::usage,
                    fmt::format("{} includes {}, which is not there", including.string(), found.string()),
                    is_relative ? "\\ir counts from the including file" : "\\i counts from the migrations directory");
    return found;
}

namespace {

/// What all dialects' migrations have in common, beside what their rules said.
void complete(Migration& migration, const SourceFile& file, const fs::path& directory, const DialectRules& rules,
              const Variables& variables) {
    migration.path = file.path();
    migration.file = file.file();
    migration.content = file.content();
    migration.dialect = rules.dialect;
    migration.variables = variables;
    std::string bytes;
    const Section& section = migration.section;
    append_included(bytes, directory, file.path(), migration.content.substr(section.begin, section.end - section.begin),
                    0);
    migration.sha256 = bytes.empty() ? sha256_hex(migration.content) : sha256_hex(migration.content + bytes);
}

/// dbmate takes its files in the order of their names as text. Where that is not the order of their numbers, one of the
/// two would be wrong for somebody.
void refuse_unpadded(const Directory& directory) {
    const auto& sorted = directory.versioned;
    for (std::size_t i = 1; directory.dialect == Dialect::dbmate && i < sorted.size(); ++i)
        if (sorted[i].file < sorted[i - 1].file)
            throw Error(ExitCode::usage,
                        fmt::format("{} comes before {} by its number, and behind it by its name, as dbmate sorts",
                                    sorted[i - 1].file, sorted[i].file),
                        "write all numbers with the same count of digits: 0009, 0010");
}

}  // namespace

std::vector<Migration> read_single_file(const fs::path& path, const std::string& name) {
    const SourceFile file(path, name, fs::is_regular_file(path.native() + ".conf"));
    const DialectRules* rules = dialect_of(file);
    std::vector<Migration> migrations = rules == nullptr ? std::vector<Migration>() : rules->read(file);
    if (migrations.empty())
        migrations.emplace_back();
    const fs::path folder = path.parent_path();
    for (Migration& migration : migrations)
        complete(migration, file, folder.empty() ? "." : folder, rules == nullptr ? flyway_rules : *rules, nullptr);
    return migrations;
}

Directory read_directory(const fs::path& path, const ReadOptions& options) {
    Directory directory;
    directory.path = path;
    const std::vector<SourceFile> files = files_below(path);
    const DialectRules& rules = choose_dialect(files, options.dialect);
    directory.dialect = rules.dialect;
    for (const SourceFile& file : files) {
        if (file.is_in_folder() && !rules.reads_folders)
            continue;
        for (Migration& migration : rules.read(file)) {
            complete(migration, file, path, rules, options.variables);
            auto& group = migration.kind == Kind::versioned ? directory.versioned
                          : migration.kind == Kind::undo    ? directory.undo
                                                            : directory.repeatable;
            group.push_back(std::move(migration));
        }
    }
    const auto by_version = [](const Migration& a, const Migration& b) { return a.version < b.version; };
    std::stable_sort(directory.versioned.begin(), directory.versioned.end(), by_version);
    std::stable_sort(directory.undo.begin(), directory.undo.end(), by_version);
    std::stable_sort(directory.repeatable.begin(), directory.repeatable.end(),
                     [](const Migration& a, const Migration& b) { return a.description < b.description; });
    refuse_twins(directory.versioned);
    refuse_twins(directory.undo);
    refuse_twins(directory.repeatable);
    refuse_unpadded(directory);
    return directory;
}

}  // namespace tripmig::migrate
