#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "migrate/migration.hpp"
#include "migrate/script.hpp"

namespace tripmig::migrate {

/// The scripts of a directory's files, each read and taken apart once, however many look at it. What is kept has a
/// limit: a thousand usual files are far below it, and beyond it a file that is asked for again is read again.
class Scripts {
  public:
    static constexpr std::size_t usual_limit = std::size_t{64} << 20U;  ///< bytes

    Scripts(std::filesystem::path directory, std::map<std::string, std::string> placeholders,
            std::size_t limit = usual_limit)
        : m_directory(std::move(directory)), m_placeholders(std::move(placeholders)), m_limit(limit) {}

    /// To look at it now and take it later. `whatever_its_size`: kept beyond the limit too. Throws as load_script()
    /// does; Error{disagreement} also when the file was changed since it was kept.
    std::shared_ptr<const Script> keep(const Migration& migration, bool whatever_its_size = false);

    /// For its last use. Throws as keep() does.
    Script take(const Migration& migration);

    [[nodiscard]] bool has_placeholders() const noexcept { return !m_placeholders.empty(); }

  private:
    [[nodiscard]] Script load(const Migration& migration) const {
        return load_script(migration, m_directory, m_placeholders, true);
    }

    std::filesystem::path m_directory;
    std::map<std::string, std::string> m_placeholders;
    std::size_t m_limit;
    std::size_t m_kept_bytes = 0;
    std::map<std::string, std::shared_ptr<Script>> m_kept;
};

/// The texts of the file and of what it includes, placeholders filled in, for a repeatable file that has some: what
/// decides whether it runs again. nullopt: its bytes say it already, or a placeholder has no value.
std::optional<ExpandedHashes> expanded_hashes(const Migration& migration, Scripts& scripts);

}  // namespace tripmig::migrate
