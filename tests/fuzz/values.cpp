// Any text is a value of its kind, or is none; versions and moments that are printed are read the same again.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/civil.hpp"
#include "base/duration.hpp"
#include "ddl/bounds.hpp"
#include "migrate/version.hpp"

namespace {

void require(bool holds) {
    if (!holds)
        std::abort();
}

void as_bound(std::string_view text) {
    using tripmig::ddl::KeyType;
    for (const KeyType key : {KeyType::date, KeyType::timestamp, KeyType::timestamptz, KeyType::smallint,
                              KeyType::integer, KeyType::bigint, KeyType::uuid}) {
        if (const auto bound = tripmig::ddl::parse_bound(key, text))
            require(!tripmig::ddl::bound_literal(key, *bound).empty());
        if (const auto bounds = tripmig::ddl::parse_bounds(key, text)) {
            require(!tripmig::ddl::for_values(key, *bounds).empty());
            require(!tripmig::ddl::describe(key, *bounds).empty());
        }
    }
}

void as_version(std::string_view text) {
    const auto version = tripmig::migrate::Version::parse(text);
    if (!version)
        return;
    const auto again = tripmig::migrate::Version::parse(version->text());
    require(again.has_value() && *again == *version && (*again <=> *version) == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    as_bound(text);
    as_version(text);
    if (const auto moment = tripmig::parse_timestamp(text))
        require(tripmig::parse_timestamp(tripmig::format_timestamp(*moment)) == moment);
    if (const auto interval = tripmig::parse_interval(text))
        require(!tripmig::to_string(*interval).empty());
    if (const auto duration = tripmig::parse_duration(text))
        require(duration->count() >= 0);
    return 0;
}
