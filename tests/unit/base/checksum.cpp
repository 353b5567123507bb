#include "base/checksum.hpp"

#include <doctest/doctest.h>

using namespace tripmig;

TEST_CASE("SHA-256 of a text and of its pieces are the same (FIPS 180-4, its first example)") {
    CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    Sha256 pieces;
    pieces.add("a");
    pieces.add("");
    pieces.add("bc");
    CHECK(pieces.hex() == sha256_hex("abc"));
    Sha256 nothing;
    CHECK(nothing.hex() == sha256_hex(""));
}
