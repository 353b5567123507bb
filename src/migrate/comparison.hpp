#pragma once

#include <string>
#include <vector>

#include "db/state/history.hpp"
#include "migrate/migration.hpp"

namespace tripmig::migrate {

/// Something that files and history disagree about.
struct Finding {
    enum class Kind {
        changed_text,    ///< bytes differ, tokens agree: comments, blanks, line ends. A warning.
        changed_tokens,  ///< the file does not say any more what was applied. An error.
        late,            ///< not applied, below the newest applied version. An error unless allowed.
        missing,         ///< applied, the file is gone. An error.
        raw_hash,        ///< a repeatable file, recorded before the values of its placeholders counted. A warning.
        newer,           ///< applied by newer files than these: an old pod. A warning, with --strict an error.
        half_way         ///< a part of it is done, the rest is not. An error for who asks, not for a run.
    };
    Kind kind;
    bool is_error = true;
    std::string file;
    std::string message;
    std::string hint;
};

struct ComparisonOptions {
    bool is_strict = false;
};

/// What a directory and a history say of each other.
struct Comparison {
    std::vector<const Migration*> pending;  ///< to apply, in order: versioned, then repeatable ones
    std::vector<Finding> findings;

    [[nodiscard]] bool has_errors() const;
};

/// Pure. The pointers live as long as the directory.
Comparison compare(const Directory& directory, const std::vector<db::AppliedMigration>& applied,
                   const ComparisonOptions& options);

/// Throws Error{disagreement} that lists the errors among the findings, when there are any.
void require_agreement(const Comparison& comparison);

}  // namespace tripmig::migrate
