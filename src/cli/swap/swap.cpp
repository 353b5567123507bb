#include <CLI/CLI.hpp>

#include "cli/command.hpp"
#include "cli/swap/options.hpp"

namespace tripmig::cli {

void add_swap(CLI::App& app, Commands& commands) {
    CLI::App* group = app.add_subcommand("swap", "Partition a live table while it is in use; can be reverted");
    group->require_subcommand(1);
    add_swap_plan(*group, commands);
    add_swap_run(*group, commands);
    add_swap_status(*group, commands);
    add_swap_verify(*group, commands);
    add_swap_cutover(*group, commands);
    add_swap_pause(*group, commands);
    add_swap_resume(*group, commands);
    add_swap_revert(*group, commands);
    add_swap_finish(*group, commands);
    add_swap_abort(*group, commands);
    group->footer(
        "Typical use:\n"
        "  tripmig swap plan orders          what would happen; changes nothing\n"
        "  tripmig swap run orders           do it; run it again after any interruption\n"
        "  tripmig swap status orders        how far it is\n"
        "  tripmig swap finish orders        close the job; no revert after that\n"
        "At night:\n"
        "  tripmig swap pause orders         stop the work; `tripmig swap resume orders`\n"
        "                                    continues it\n"
        "  tripmig swap abort orders         before the cut-over: remove what it created\n"
        "  tripmig swap revert orders        after the cut-over: put the old table back");
}

}  // namespace tripmig::cli
