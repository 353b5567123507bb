#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/context.hpp"
#include "app/migrate/up.hpp"
#include "base/qualified_name.hpp"
#include "migrate/half_way.hpp"
#include "sql/directive.hpp"

namespace tripmig::app {

/// A statement of a file as it would be sent, with ${name} where a placeholder's value stands, which may be a password.
struct PendingStatement {
    std::string file;
    std::size_t line = 0;
    std::string sql;
    std::string copy_data;  ///< of COPY FROM stdin
    std::optional<sql::Batch> batch;
};

/// Statements of one transaction, or such as run outside of any.
struct PendingUnit {
    bool is_transaction = false;
    std::string modes;  ///< "ISOLATION LEVEL SERIALIZABLE"; empty: the server's own
    std::vector<PendingStatement> statements;
};

/// What a `swap` directive would do.
struct PendingSwap {
    QualifiedName table;
    std::size_t line = 0;
    std::string outlook;  ///< a sentence
};

/// A pending file as `up` would run it: what is left of it.
struct PendingFile {
    std::string file;
    std::string version;
    std::string description;
    bool is_transactional = true;
    std::string why_not;                       ///< transactional
    std::optional<migrate::HalfWay> half_way;  ///< nullopt: nothing of it is done
    std::vector<std::string> expected;         ///< queries that must be true first; none when it stopped half way
    std::optional<PendingSwap> swap;           ///< then it has no units
    std::vector<PendingUnit> units;
};

struct DryRun {
    std::vector<PendingFile> pending;
};

/// What `up` would run; changes nothing. Throws Error{disagreement} where `up` would refuse.
DryRun preview_up(const Context& context, const UpOptions& options);

}  // namespace tripmig::app
