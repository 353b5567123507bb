#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>

namespace tripmig::migrate {

/// A migration's version: numbers parted by `.` or `_`, compared number by number (1.10 > 1.9, 1 = 1.0 = 01), of any
/// length, so that timestamps work too.
class Version {
  public:
    Version() = default;

    /// "1", "1.2", "2_0_1", "20240131120000". nullopt when it is none.
    static std::optional<Version> parse(std::string_view text);

    /// Canonical: parted by dots, without leading zeros and without trailing zero parts: what the history holds.
    [[nodiscard]] const std::string& text() const noexcept { return m_text; }

    friend std::strong_ordering operator<=>(const Version& left, const Version& right);
    friend bool operator==(const Version& left, const Version& right) { return left.m_text == right.m_text; }

  private:
    std::string m_text;
};

}  // namespace tripmig::migrate
