#include "migrate/migration.hpp"

#include <fmt/format.h>

#include "config/dialects.hpp"

namespace tripmig::migrate {

std::string_view to_string(Dialect dialect) {
    return config::dialect_names.at(static_cast<std::size_t>(dialect));
}

std::string Migration::title() const {
    if (kind == Kind::repeatable)
        return "R " + description;
    return fmt::format("{}{} {}", kind == Kind::versioned ? 'V' : 'U', version.text(), description);
}

}  // namespace tripmig::migrate
