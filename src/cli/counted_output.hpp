#pragma once

#include <ostream>
#include <streambuf>

namespace tripmig::cli {

/// Passes on what is written, and knows whether anything was.
class CountedOutput : public std::streambuf {
  public:
    explicit CountedOutput(std::ostream& target) : m_target(target) {}

    [[nodiscard]] bool has_any() const noexcept { return m_has_any; }

  protected:
    int_type overflow(int_type character) override {
        if (traits_type::eq_int_type(character, traits_type::eof()))
            return traits_type::not_eof(character);
        m_has_any = true;
        return m_target.put(traits_type::to_char_type(character)) ? character : traits_type::eof();
    }
    std::streamsize xsputn(const char* text, std::streamsize size) override {
        m_has_any = m_has_any || size > 0;
        return m_target.write(text, size) ? size : 0;
    }
    int sync() override { return m_target.flush() ? 0 : -1; }

  private:
    std::ostream& m_target;
    bool m_has_any = false;
};

}  // namespace tripmig::cli
