#include <doctest/doctest.h>
#include <zstd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/checksum.hpp"
#include "base/error.hpp"
#include "partition/archive/content_sql.hpp"
#include "partition/archive/read.hpp"
#include "partition/archive/write.hpp"

using namespace tripmig;
using namespace tripmig::partition;

namespace {

std::string packed(const std::string& text) {
    std::string bytes(ZSTD_compressBound(text.size()), '\0');
    bytes.resize(ZSTD_compress(bytes.data(), bytes.size(), text.data(), text.size(), 1));
    return bytes;
}

Manifest read(const std::string& bytes, std::string* rows = nullptr) {
    std::size_t at = 0;
    return read_archive(
        [&](char* buffer, std::size_t size) {
            // As a pipe gives them: few at once.
            const std::size_t count = std::min({size, bytes.size() - at, std::size_t{7}});
            std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(at), count, buffer);
            at += count;
            return count;
        },
        "some.sql.zst",
        [&](std::string_view row) {
            if (rows != nullptr)
                *rows += row;
        });
}

/// Without its last line: that is made of the rest.
std::string corpus(const std::string& name) {
    std::ifstream file(std::string(TRIPMIG_SOURCE_DIR) + "/tests/fuzz/corpus/archive/" + name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_sum(const std::string& text) {
    return packed(text + "-- sha256 " + sha256_hex(text) + "\n");
}

std::string refusal(const std::string& bytes) {
    try {
        (void)read(bytes);
    } catch (const Error& error) {
        CHECK(error.code() == ExitCode::refused);
        return error.message();
    }
    return "it was read";
}

std::string changed(std::string text, const std::string& from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("an archive is read, and what is wrong with one is said") {
    const std::string text = corpus("two_rows.sql");
    REQUIRE_FALSE(text.empty());
    std::string rows;
    const Manifest manifest = read(with_sum(text), &rows);
    CHECK(manifest.table == QualifiedName{"public", "orders_2024_01"});
    CHECK(manifest.columns == std::vector<std::string>{"id", "note"});
    CHECK(manifest.content.rows == 2);
    CHECK(rows == "1\ttab\\tquote' back\\\\slash\n2\t\\N\n");
    CHECK(has(refusal(packed(text)), "it ends too early"));
    CHECK(has(refusal(packed(text + "-- sha256 " + std::string(64, '0') + "\n")), "its SHA-256 differs"));
    CHECK(has(refusal(with_sum(text) + packed("more\n")), "something follows its end"));
    const std::string whole = with_sum(text);
    CHECK(has(refusal(whole.substr(0, whole.size() - 3)), "it ends too early"));
    CHECK(has(refusal("SELECT 1;\n"), "it can't be unpacked"));
    CHECK(has(refusal(packed("SELECT 1;\n")), "it is something else"));
    CHECK(has(refusal(with_sum(changed(text, "archive 1", "archive 2"))), "another version of tripmig wrote it"));
    CHECK(has(refusal(with_sum(changed(text, "\"rows\":2", "\"rows\":3"))), "it has 2 rows, and its manifest says 3"));
    CHECK(has(refusal(with_sum(changed(text, "\"rows\":2", "\"rows\":\"2\""))), "its manifest can't be read"));
    CHECK(has(refusal(with_sum(changed(text, "slash", "splash"))), "its rows are not those that the server counted"));
    CHECK(has(refusal(with_sum(changed(text, "2\t\\N", "2\t\\N\t3"))), "a row has 3 fields, not 2"));
    CHECK(has(refusal(with_sum(changed(text, "back\\\\", "back\\x41"))), "an escape that no server writes"));
    CHECK(has(refusal(with_sum(changed(text, "COMMIT", "DROP TABLE x; COMMIT"))), "its statements are not those"));
    CHECK(has(refusal(with_sum(changed(text, "id bigint,\n", "id int,\n"))), "its statements are not those"));
}

TEST_CASE("where an archive goes: no name leads out of the folder") {
    ArchiveOrder order;
    order.dir = "/archive";
    order.table = {"public", "orders_2024_01"};
    order.parent = QualifiedName{"public", "orders"};
    CHECK(archive_path(order, 1) == "/archive/orders/orders_2024_01.sql.zst");
    CHECK(archive_path(order, 2) == "/archive/orders/orders_2024_01.2.sql.zst");
    order.table = {"old", "../x%y"};
    order.parent = QualifiedName{"shop", "."};
    CHECK(archive_path(order, 1) == "/archive/shop.%2E/old.%2E.%2Fx%25y.sql.zst");
    order.parent.reset();
    order.table = {"public", ".."};
    CHECK(archive_path(order, 1) == "/archive/%2E..sql.zst");
}

TEST_CASE("the server's count and hash: a function takes 100 arguments at most") {
    CHECK(has(content_sql({"public", "t"}, {"a", "Odd name"}), "pg_catalog.format('%L,%L', a, \"Odd name\")"));
    std::vector<std::string> many(91, "a");
    CHECK(has(content_sql({"public", "t"}, many), " || ',' || pg_catalog.format('%L', a)"));
}
