#include "migrate/migration.hpp"

#include <fmt/format.h>

namespace tripmig::migrate {

std::string_view to_string(Dialect dialect) {
    switch (dialect) {
        case Dialect::golang_migrate:
            return "golang-migrate";
        case Dialect::dbmate:
            return "dbmate";
        case Dialect::goose:
            return "goose";
        case Dialect::flyway:
            break;
    }
    return "flyway";
}

std::string Migration::title() const {
    if (kind == Kind::repeatable)
        return "R " + description;
    return fmt::format("{}{} {}", kind == Kind::versioned ? 'V' : 'U', version.text(), description);
}

}  // namespace tripmig::migrate
