#include "migrate/scripts.hpp"

#include <fmt/format.h>

#include <utility>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "migrate/migration_file.hpp"

namespace tripmig::migrate {

namespace {

/// One file may hold the way up and the way down.
std::string key_of(const Migration& migration) {
    return fmt::format("{}{}", migration.kind == Kind::undo ? "down " : "up ", migration.file);
}

/// About what it takes in memory; what statements share counts for little.
std::size_t size_of(const Script& script) {
    std::size_t bytes = script.statements.size() * sizeof(ScriptStatement);
    for (const auto& text : script.texts)
        bytes += text->size();
    return bytes;
}

}  // namespace

std::shared_ptr<const Script> Scripts::keep(const Migration& migration, bool whatever_its_size) {
    const std::string key = key_of(migration);
    if (const auto kept = m_kept.find(key); kept != m_kept.end()) {
        (void)content_of(migration);  // throws when it was changed
        return kept->second;
    }
    auto script = std::make_shared<Script>(load(migration));
    const std::size_t bytes = size_of(*script);
    if (whatever_its_size || m_kept_bytes + bytes <= m_limit) {
        m_kept_bytes += bytes;
        m_kept.emplace(key, script);
    }
    return script;
}

Script Scripts::take(const Migration& migration) {
    auto kept = m_kept.extract(key_of(migration));
    if (kept.empty())
        return load(migration);
    (void)content_of(migration);  // throws when it was changed
    m_kept_bytes -= size_of(*kept.mapped());
    return kept.mapped().use_count() == 1 ? std::move(*kept.mapped()) : *kept.mapped();
}

std::optional<ExpandedHashes> expanded_hashes(const Migration& migration, Scripts& scripts) try {
    if (!scripts.has_placeholders() || !migration.expands_placeholders)
        return std::nullopt;
    const std::shared_ptr<const Script> script = scripts.keep(migration);
    Sha256 hash;
    for (const auto& text : script->texts)
        hash.add(*text);
    ExpandedHashes hashes{hash.hex(), script->sha256_tokens};
    return hashes.sha256 == migration.sha256 ? std::nullopt : std::optional(hashes);
} catch (const Error&) {
    return ExpandedHashes{};  // it counts as changed, and running it says what is wrong
}

}  // namespace tripmig::migrate
