#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "migrate/dialect/marks.hpp"

namespace tripmig::migrate {

/// An annotation of a goose file.
struct GooseMark {
    enum class Kind { up, down, statement_begin, statement_end, no_transaction, envsub_on, envsub_off };
    Kind kind = Kind::up;
    Mark mark;
};

/// The annotations of a file, in order. Throws Error{usage} at the line of one that is unknown (the nearest known one
/// is named), indented, or without its partner: Up first and once, Down after it, each StatementBegin with its
/// StatementEnd.
std::vector<GooseMark> goose_marks(const std::string& file, std::string_view content);

}  // namespace tripmig::migrate
