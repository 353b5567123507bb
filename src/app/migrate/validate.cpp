#include "app/migrate/validate.hpp"

#include <algorithm>
#include <filesystem>

#include "app/migrate/target/target.hpp"
#include "config/policy.hpp"
#include "migrate/pieces.hpp"
#include "migrate/scripts.hpp"

namespace tripmig::app {

bool Validation::is_valid() const {
    return std::none_of(findings.begin(), findings.end(), [](const auto& finding) { return finding.is_error; });
}

Validation validate_migrations(const Context& context, bool is_strict) {
    MigrationTarget target = look_at(context, "validate", is_strict);
    Validation validation;
    validation.stopped = find_half_way(context, target);
    // What is pending must at least be readable: a typo in a directive is found here, not in the deploy.
    for (const migrate::Migration* file : target.comparison.pending)
        migrate::require_readable(target.directory.scripts->take(*file), *file);
    validation.applied = target.history.applied.size();
    validation.pending = target.comparison.pending.size();
    validation.findings = target.comparison.findings;
    const std::filesystem::path& policies = context.config.partitions.dir;
    if (std::filesystem::exists(policies))  // most projects have none
        validation.policies = config::load_policies(policies).size();
    return validation;
}

void require_valid(const Context& context, const Validation& validation) {
    const migrate::Comparison comparison{{}, validation.findings};
    migrate::require_agreement(comparison);
    tell_warnings(context, comparison);
}

}  // namespace tripmig::app
