#include "migrate/migration_file.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "base/read_file.hpp"
#include "sql/scanner.hpp"

namespace tripmig::migrate {

namespace fs = std::filesystem;

namespace {

bool may_include(std::string_view content) {
    return content.find("\\i") != std::string_view::npos;
}

/// The files that this one includes, theirs too: what they say is part of what the migration does.
void find_included(Migration& migration, const fs::path& directory, const fs::path& file, std::string_view content,
                   std::string& bytes, int depth) {
    if (!may_include(content))
        return;
    if (depth > 16)
        throw Error(ExitCode::usage, fmt::format("{}: files include each other more than 16 deep", file.string()),
                    "a file must not include itself, directly or through others");
    sql::ScanOptions options;
    options.file = file.lexically_relative(directory).string();
    for (const sql::Include& include : sql::scan(content, options).includes) {
        const fs::path target = resolve_include(directory, file, include.path, include.is_relative);
        const std::string included = read_file(target);
        migration.included.push_back(target);
        bytes += included;
        find_included(migration, directory, target, included, bytes, depth + 1);
    }
}

}  // namespace

void set_hash(Migration& migration, const std::string& content, const fs::path& directory) {
    const Section& section = migration.section;
    std::string bytes;
    find_included(migration, directory, migration.path,
                  std::string_view(content).substr(section.begin, section.end - section.begin), bytes, 0);
    migration.sha256 = bytes.empty() ? sha256_hex(content) : sha256_hex(content + bytes);
}

std::string content_of(const Migration& migration) {
    if (migration.content)
        return *migration.content;
    std::string content = read_file(migration.path);
    Sha256 hash;
    hash.add(content);
    for (const std::string& included : migration.included)
        hash.add(read_file(included));
    if (hash.hex() != migration.sha256)
        throw Error(ExitCode::disagreement,
                    fmt::format("{} was changed while this command was running; it was not run", migration.file),
                    "run it again when the migrations directory is not being changed");
    return content;
}

std::string read_file(const std::string& path) {
    std::string content;
    if (const std::error_code failed = tripmig::read_file(path, content))
        throw Error(ExitCode::usage, fmt::format("cannot read {}: {}", path, failed.message()),
                    "check the path and that this user may read it");
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
            fmt::format("{} includes {}, which is outside the migrations directory", including.string(), target),
            "a migration may only include files from the migrations directory: move the file there");
    if (!fs::is_regular_file(found))
        throw Error(ExitCode::usage,
                    fmt::format("{} includes {}, which does not exist", including.string(), found.string()),
                    is_relative ? "paths after \\ir are relative to the including file"
                                : "paths after \\i are relative to the migrations directory");
    return found;
}

}  // namespace tripmig::migrate
