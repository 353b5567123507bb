#include "app/swap/plan.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "cli/print.hpp"
#include "cli/swap/options.hpp"
#include "view/swap/plan.hpp"

namespace tripmig::cli {

void add_swap_plan(CLI::App& group, Commands& commands) {
    CLI::App* command =
        group.add_subcommand("plan", "What a swap would find and do: every statement with its locks; changes nothing");
    auto options = std::make_shared<app::SwapOptions>();
    add_policy_options(*command, *options);
    command->footer("Exit 12 when something stands in the way; the report says what.");
    commands.add(command, [options](Context& context) {
        const app::SwapPlan plan = app::plan_swap(context, *options);
        print(context, plan, view::swap_plan_json, view::swap_plan_text);
        return plan.exit_code();
    });
}

}  // namespace tripmig::cli
