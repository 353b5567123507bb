#include "app/swap/plan.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "view/swap/plan.hpp"

namespace tripmig::cli {

void add_swap_plan(CLI::App& group, Commands& commands) {
    CLI::App* command = group.add_subcommand("plan", "Show what a swap would find and do; changes nothing");
    auto options = std::make_shared<app::SwapOptions>();
    auto is_sql = std::make_shared<bool>(false);
    add_policy_options(*command, *options);
    command->add_flag("--sql", *is_sql, "Also print every statement with its locks");
    command->footer("Exit code 12: something is in the way; the findings say what, and what to do about it.");
    commands.add(command, [options, is_sql](Context& context) {
        const app::SwapPlan plan = app::plan_swap(context, *options);
        print(context, plan, view::swap_plan_json, *is_sql ? view::swap_plan_sql : view::swap_plan_text);
        return plan.exit_code();
    });
}

}  // namespace tripmig::cli
