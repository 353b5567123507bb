// Any text is a policy and a tripmig.toml, or is refused with an Error that points into it.
#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/error.hpp"
#include "config/config.hpp"
#include "config/name_pattern.hpp"
#include "config/parse_policy.hpp"

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

template <typename Action>
void parsed_or_refused(const Action& action) {
    try {
        action();
    } catch (const tripmig::Error& error) {
        require(error.code() == tripmig::ExitCode::usage);
        require(!tripmig::describe(error).empty());
    }
}

void as_policy(const std::string& text) {
    const tripmig::config::PartitionPolicy policy = tripmig::config::parse_policy(text, "policy.toml");
    require(!policy.table.name.empty() && !policy.key.empty() && policy.premake > 0);
    tripmig::config::check_name_pattern(policy.name, policy.interval);
}

void as_configuration(const std::string& text) {
    static const int file = ::memfd_create("tripmig.toml", 0);
    require(file >= 0 && ::ftruncate(file, 0) == 0);
    require(::pwrite(file, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    tripmig::config::Sources sources;
    sources.working_directory = "/";
    sources.config_file = "/proc/self/fd/" + std::to_string(file);
    tripmig::config::load_config(sources);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string text(reinterpret_cast<const char*>(data), size);
    parsed_or_refused([&] { as_policy(text); });
    parsed_or_refused([&] { as_configuration(text); });
    parsed_or_refused([&] { tripmig::config::parse_table_name(text); });
    parsed_or_refused([&] { tripmig::config::parse_name_pattern(text); });
    parsed_or_refused([&] { tripmig::config::parse_partition_interval(text); });
    return 0;
}
