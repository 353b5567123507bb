#include "job/choices.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"

using namespace tripmig;

namespace {

config::PartitionPolicy file_of(const std::string& incoming = "registry") {
    config::PartitionPolicy file;
    file.file = "partitions/orders.toml";
    file.table = {"public", "orders"};
    file.key = "at";
    file.premake = 7;
    if (incoming == "registry")
        file.swap.incoming_foreign_keys = config::IncomingForeignKeys::registry;
    if (incoming == "drop")
        file.swap.incoming_foreign_keys = config::IncomingForeignKeys::drop;
    return file;
}

/// A job of flags alone, unless `file` was there.
job::State begun_job(const std::optional<config::PartitionPolicy>& file = std::nullopt) {
    config::PartitionPolicy policy;
    policy.premake = 9;
    policy.name = "{table}_{start}";
    policy.swap.dropped_keys = {"lines_fkey"};
    if (file)
        policy.swap.file_choices = job::choices_in(*file);
    job::State state;
    state.table = {"public", "orders"};
    state.key = "at";
    state.interval = "1 month";
    state.become(config::SwapStrategy::copy, false);
    state.edit_swap().incoming = config::IncomingForeignKeys::registry;
    state.policy = job::kept_policy(policy);
    return state;
}

std::string refusal(const job::State& state, const std::vector<job::SaidChoice>& flags,
                    const std::optional<config::PartitionPolicy>& file = std::nullopt) {
    try {
        job::require_same_choices(state, flags, file);
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::refused);
        return error.message();
    }
    return {};
}

}  // namespace

TEST_CASE("a job needs no flags and no file; what it was told comes back") {
    const config::PartitionPolicy policy = job::policy_of_job(begun_job(), std::nullopt, std::nullopt);
    CHECK(policy.key == "at");
    CHECK(policy.interval == config::PartitionInterval(CalendarInterval{1, 0, 0}));
    CHECK(policy.swap.strategy == config::SwapStrategy::copy);
    CHECK(policy.swap.incoming_foreign_keys == config::IncomingForeignKeys::registry);
    CHECK(policy.swap.dropped_keys == std::vector<std::string>{"lines_fkey"});
    CHECK(policy.premake == 9);
    CHECK(policy.name == "{table}_{start}");
    CHECK(job::policy_of_job(begun_job(), file_of(), file_of()).premake == 7);
}

TEST_CASE("a flag that says something else is refused with both values; the same again is not") {
    CHECK(refusal(begun_job(), {{"strategy", "copy", "--strategy"}, {"interval", "1 month", "--interval"}}).empty());
    CHECK(refusal(begun_job(), {{"interval", "1 day", "--interval"}}) ==
          "--interval says interval = \"1 day\", but the job on public.orders began with \"1 month\"");
    for (const job::SaidChoice& said : std::vector<job::SaidChoice>{{"key", "id", "--key"},
                                                                    {"strategy", "attach", "--strategy"},
                                                                    {"incoming_foreign_keys", "drop", "--incoming"}})
        CHECK(!refusal(begun_job(), {said}).empty());
    // Nobody's choice yet.
    CHECK(refusal(begun_job(), {{"unique_indexes", "leaf", "--unique-indexes"}}).empty());
}

TEST_CASE("a file that was changed is refused; one over which a flag won when the job began is not") {
    CHECK(refusal(begun_job(), {}, file_of()).empty());
    CHECK(refusal(begun_job(), {}, file_of("drop"))
              .find("partitions/orders.toml says incoming_foreign_keys = \"drop\"") == 0);
    CHECK(refusal(begun_job(file_of("drop")), {}, file_of("drop")).empty());
    job::State older = begun_job();
    older.policy.reset();
    CHECK(refusal(older, {}, file_of("drop")).empty());
}
