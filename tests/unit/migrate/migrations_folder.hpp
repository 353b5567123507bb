#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <initializer_list>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "migrate/directory.hpp"
#include "migrate/script.hpp"

struct NewFile {
    std::string name;
    std::string content;
};

/// A migrations directory that goes with the test.
class MigrationsFolder {
  public:
    explicit MigrationsFolder(std::initializer_list<NewFile> files) {
        std::string name = "/tmp/tripmig-unit-XXXXXX";
        if (::mkdtemp(name.data()) == nullptr)
            throw std::runtime_error("mkdtemp");
        m_path = name;
        for (const auto& [file, content] : files) {
            std::filesystem::create_directories((m_path / file).parent_path());
            std::ofstream(m_path / file, std::ios::binary) << content;
        }
    }
    ~MigrationsFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(m_path, ignored);
    }
    MigrationsFolder(const MigrationsFolder&) = delete;
    MigrationsFolder& operator=(const MigrationsFolder&) = delete;

    [[nodiscard]] tripmig::migrate::Directory read(const std::string& dialect = "auto",
                                                   const std::map<std::string, std::string>& variables = {}) const {
        tripmig::migrate::ReadOptions options;
        options.dialect = dialect;
        options.variables = std::make_shared<const std::map<std::string, std::string>>(variables);
        return tripmig::migrate::read_directory(m_path, options);
    }

    /// What reading the directory, and taking every migration in it apart, fails with.
    [[nodiscard]] tripmig::Error error(const std::string& dialect = "auto",
                                       const std::map<std::string, std::string>& variables = {}) const {
        try {
            const auto directory = read(dialect, variables);
            for (const auto* group : {&directory.versioned, &directory.undo, &directory.repeatable})
                for (const auto& migration : *group)
                    tripmig::migrate::load_script(migration, m_path, {});
        } catch (const tripmig::Error& error) {
            CHECK(error.code() == tripmig::ExitCode::usage);
            return error;
        }
        FAIL("no error");
        return {tripmig::ExitCode::ok, ""};
    }

    [[nodiscard]] tripmig::migrate::Script script(const tripmig::migrate::Migration& migration) const {
        return tripmig::migrate::load_script(migration, m_path, {});
    }

  private:
    std::filesystem::path m_path;
};

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

/// Its statements, each without what surrounds it.
inline std::vector<std::string> texts(const tripmig::migrate::Script& script) {
    std::vector<std::string> result;
    for (const auto& statement : script.statements)
        result.emplace_back(statement.sql);
    return result;
}

inline std::vector<std::string> versions(const std::vector<tripmig::migrate::Migration>& migrations) {
    std::vector<std::string> result;
    for (const auto& migration : migrations)
        result.push_back(migration.version.text());
    return result;
}
