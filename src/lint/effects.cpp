#include "lint/effects.hpp"

#include <algorithm>
#include <utility>

namespace tripmig::lint {

namespace {

template <typename Items, typename Name>
auto find_pass(Items& passes, const Name& table) {
    return std::find_if(passes.begin(), passes.end(), [&](const TablePass& pass) { return pass.table == table; });
}

void add_pass(std::vector<TablePass>& passes, const std::string& table, std::string why, bool is_certain) {
    if (table.empty())
        return;
    const auto found = find_pass(passes, table);
    if (found == passes.end())
        passes.push_back({table, is_certain, std::move(why)});
    else if (is_certain && !found->is_certain)
        *found = {table, true, std::move(why)};
}

}  // namespace

void Effects::lock(const std::string& relation, LockMode mode) {
    if (relation.empty())
        return;
    const auto found =
        std::find_if(locks.begin(), locks.end(), [&](const TableLock& lock) { return lock.relation == relation; });
    if (found == locks.end())
        locks.push_back({relation, mode});
    else
        found->mode = std::max(found->mode, mode);
}

void Effects::rewrite(const std::string& table, std::string why, bool is_certain) {
    add_pass(rewrites, table, std::move(why), is_certain);
}

void Effects::scan(const std::string& table, std::string why, bool is_certain) {
    add_pass(scans, table, std::move(why), is_certain);
}

const TableLock* Effects::lock_on(std::string_view relation) const {
    const auto found =
        std::find_if(locks.begin(), locks.end(), [&](const TableLock& lock) { return lock.relation == relation; });
    return found == locks.end() ? nullptr : &*found;
}

bool Effects::has_rewrite(std::string_view table) const {
    return find_pass(rewrites, table) != rewrites.end();
}

bool Effects::has_scan(std::string_view table) const {
    return find_pass(scans, table) != scans.end();
}

}  // namespace tripmig::lint
