#include "partition/act.hpp"

#include <algorithm>

namespace tripmig::partition {

std::vector<LockRequest> strongest_locks(const Act& act) {
    std::vector<LockRequest> locks;
    const auto add = [&](const LockRequest& lock) {
        const bool is_new =
            act.kind == Act::Kind::create && std::any_of(act.leaves.begin(), act.leaves.end(),
                                                         [&](const auto& leaf) { return leaf.name == lock.relation; });
        if (is_new || lock.mode < LockMode::share_update_exclusive)
            return;
        const auto known = std::find_if(locks.begin(), locks.end(),
                                        [&](const LockRequest& each) { return each.relation == lock.relation; });
        if (known == locks.end())
            locks.push_back({lock.relation, lock.mode});
        else
            known->mode = std::max(known->mode, lock.mode);
    };
    for (const Unit& unit : act.units) {
        std::for_each(unit.lock_first.begin(), unit.lock_first.end(), add);
        for (const Step& step : unit.steps)
            std::for_each(step.locks.begin(), step.locks.end(), add);
    }
    return locks;
}

}  // namespace tripmig::partition
