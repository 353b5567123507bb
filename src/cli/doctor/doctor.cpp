#include "cli/doctor/doctor.hpp"

#include <CLI/CLI.hpp>
#include <memory>

#include "app/audit/audited.hpp"
#include "app/doctor/doctor.hpp"
#include "cli/print.hpp"
#include "doctor/check_list.hpp"
#include "view/doctor/doctor.hpp"

namespace tripmig::cli {

void add_doctor(CLI::App& app, Commands& commands) {
    auto options = std::make_shared<app::DoctorOptions>();
    CLI::App* command =
        app.add_subcommand("doctor", "What is wrong with the server, the schema, the partitions, and what helps");
    CLI::Option* only = command
                            ->add_option("--only", options->only,
                                         "Only this group of checks: connection, server, health, schema, "
                                         "partitions, tripmig, queries; may be given several times")
                            ->type_name("GROUP")
                            ->check(CLI::IsMember(doctor::groups()));
    command
        ->add_option(
            "--checklist", options->checklist,
            "The lines of one checklist (before-deploy, after-deploy, in-operation), each with its result or with who "
            "must look, and how")
        ->type_name("LIST")
        ->check(CLI::IsMember(doctor::checklist_names()))
        ->excludes(only);
    CLI::Option* fix = command->add_flag(
        "--fix", options->fixes, "Do what is safe while the service works, then look again; nothing else is changed");
    command->add_flag("--dry-run", options->is_dry_run, "With --fix: print every statement, its locks and why")
        ->needs(fix);
    command->add_flag("--strict", options->is_strict, "Warnings count: exit 4 for them too");
    command->footer(
        "At night:\n"
        "  tripmig doctor --only connection   can we get in, and as whom\n"
        "  tripmig doctor --only health       who blocks whom, what runs for too long,\n"
        "                                     what fills up\n"
        "  tripmig doctor --only partitions   is there a partition for tomorrow\n"
        "  tripmig doctor --only tripmig      what was left half done, and how to end it\n"
        "  tripmig doctor                     everything; takes some seconds, reads only,\n"
        "                                     and takes no lock that anyone waits for\n"
        "Examples:\n"
        "  tripmig doctor --checklist in-operation\n"
        "  tripmig doctor --fix --dry-run     what --fix would do\n"
        "  tripmig doctor --json | jq '.checks[] | select(.severity == \"error\")'\n"
        "Each finding has its hint below it. What this role may not see is a note that says so.\n"
        "[doctor] of tripmig.toml says what a team expects of its server.\n"
        "Exit codes: 0 no error, 4 an error (--strict: or a warning), 6 the server can't be reached.");
    commands.add(command, [options](Context& context) {
        const auto examine = [&] { return app::examine(context, *options); };
        const app::DoctorResult result =
            options->fixes && !options->is_dry_run ? app::audited(context, examine) : examine();
        print(context, result, view::doctor_json, view::doctor_text);
        return result.exit_code();
    });
}

}  // namespace tripmig::cli
