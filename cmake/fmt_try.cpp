// Does what cmake/fmt.cpp holds suffice?
#include <fmt/format.h>

int main(int count, char** arguments) {
    return fmt::format("{} {:.2f} {:>8} {}", count, 1.5 * count, arguments[0], count * 1.0).empty() ? 1 : 0;
}
