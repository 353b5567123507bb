// libFuzzer: whatever the bytes are, the linter ends, refuses cleanly or says of each statement what it takes: findings
// of known rules at places in the file, locks in order and each once.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/error.hpp"
#include "lint/linter.hpp"
#include "migrate/directory.hpp"

using namespace tripmig;

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void check(const lint::LintFinding& finding) {
    require(finding.rule != nullptr && finding.position.line >= 1 && finding.position.column >= 1);
    require(finding.level <= finding.rule->level && !finding.message.empty() && finding.message.back() == ']');
}

void check(const lint::LintedFile& file) {
    for (const lint::LintFinding& finding : file.findings)
        check(finding);
    for (const lint::LintedStatement& statement : file.statements) {
        for (const lint::LintFinding& finding : statement.findings)
            check(finding);
        const auto& locks = statement.effects.locks;
        for (std::size_t i = 1; i < locks.size(); ++i)
            require(locks[i - 1].relation < locks[i].relation);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    migrate::Migration migration;
    migration.file = "fuzz.sql";
    migration.content.emplace(reinterpret_cast<const char*>(data), size);
    try {
        const migrate::Script script = migrate::load_script(migration, "/nowhere", {});
        lint::Linter linter;
        check(linter.lint(script, migration.file, migrate::Kind::versioned));
        lint::Linter aside = linter;
        check(aside.lint(script, migration.file, migrate::Kind::undo));  // on what the same text has made
        check(linter.lint(script, migration.file, migrate::Kind::repeatable));
    } catch (const Error& error) {
        require(error.code() == ExitCode::usage && !error.hint().empty());
    }
    return 0;
}
