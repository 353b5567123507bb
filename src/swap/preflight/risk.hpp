#pragma once

#include <string>

namespace tripmig::swap {

/// What the swap does to a statement that the application sends, or that a function contains.
struct StatementRisk {
    enum class Kind {
        breaks,   ///< fails afterwards
        changes,  ///< still runs, and means something else
        slows     ///< reads every partition
    } kind = Kind::slows;
    std::string why;
    std::string instead;  ///< what to write; empty where `why` says it
};

}  // namespace tripmig::swap
