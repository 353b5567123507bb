#include "app/swap/verify.hpp"

#include "job/session.hpp"
#include "job/state/journal.hpp"
#include "job/triggers/own_triggers.hpp"

namespace tripmig::app {

SwapVerification verify_swap(const Context& context, const QualifiedName& table) {
    job::Session server(context.config, context.reporter, context.clock, context.stop);
    server.take_job(table);
    SwapVerification result{table, {}};
    bool has_triggers = true;  // those of a registry, which come with the cut-over
    if (const auto job = server.open_job(table)) {
        job::State state = job::from_job(*job);
        result.found = job::verify(server, state);
        has_triggers = state.is_cut_over();
    } else {
        result.found.registry = job::verify_registry(server, table);
        result.found.has_registry = true;
    }
    if (!has_triggers)
        return result;
    for (const std::string& problem : job::registry_problems(server.session(), table))
        context.reporter.warning("swap.registry", problem);
    return result;
}

}  // namespace tripmig::app
