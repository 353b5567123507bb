// SHA256_Init and its like are what OpenSSL 1.1 had and 3.x keeps: they need neither its configuration file nor its
// providers, which cost a process that only wants to know that nothing is pending more than hashing a hundred files.
#define OPENSSL_API_COMPAT 0x10100000L
#include "base/checksum.hpp"

#include <openssl/sha.h>

#include <array>

namespace tripmig {

struct Sha256::State {
    SHA256_CTX context;
};

Sha256::Sha256() : m_state(std::make_unique<State>()) {
    SHA256_Init(&m_state->context);
}

Sha256::~Sha256() = default;

void Sha256::add(std::string_view bytes) {
    SHA256_Update(&m_state->context, bytes.data(), bytes.size());
}

std::string Sha256::hex() {
    std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
    SHA256_Final(digest.data(), &m_state->context);
    static constexpr std::string_view digits = "0123456789abcdef";
    std::string hex(digest.size() * 2, '0');
    for (std::size_t i = 0; i < digest.size(); ++i) {
        hex[2 * i] = digits[digest[i] >> 4U];
        hex[2 * i + 1] = digits[digest[i] & 0x0FU];
    }
    return hex;
}

std::string sha256_hex(std::string_view bytes) {
    Sha256 hash;
    hash.add(bytes);
    return hash.hex();
}

namespace {

constexpr std::array<std::uint32_t, 256> make_crc_table() {
    std::array<std::uint32_t, 256> table{};
    for (std::uint32_t i = 0; i < 256; ++i) {
        std::uint32_t value = i;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1U) != 0 ? 0xEDB88320U ^ (value >> 1U) : value >> 1U;
        table[i] = value;
    }
    return table;
}

}  // namespace

std::uint32_t crc32(std::string_view bytes, std::uint32_t former) {
    static constexpr auto table = make_crc_table();
    std::uint32_t value = ~former;
    for (const char c : bytes)
        value = table[(value ^ static_cast<unsigned char>(c)) & 0xFFU] ^ (value >> 8U);
    return ~value;
}

}  // namespace tripmig
