#include "cli/partition/partition_job.hpp"

#include <CLI/CLI.hpp>

#include "cli/print.hpp"
#include "view/partition/partition_job.hpp"

namespace tripmig::cli {

void add_plan_option(CLI::App& command, bool& is_plan) {
    command.add_flag("--plan", is_plan, "Print what would be done and what is refused (then exit 12); changes nothing");
}

ExitCode print_plan(Context& context, const partition::PartitionPlan& plan) {
    print(context, plan, view::partition_plan_json, view::partition_plan_text);
    return job::exit_code_of(plan.findings);
}

ExitCode print_job(Context& context, const app::PartitionJobResult& result) {
    print(context, result, view::partition_job_json, view::partition_job_text);
    return ExitCode::ok;
}

}  // namespace tripmig::cli
