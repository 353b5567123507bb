#include "migrate/migration.hpp"

#include <fmt/format.h>

namespace tripmig::migrate {

std::string Migration::title() const {
    if (kind == Kind::repeatable)
        return "R " + description;
    return fmt::format("{}{} {}", kind == Kind::versioned ? 'V' : 'U', version.text(), description);
}

}  // namespace tripmig::migrate
