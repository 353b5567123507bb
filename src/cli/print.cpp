#include "cli/print.hpp"

namespace tripmig::cli {

void write_result(Context& context, std::string_view text) {
    constexpr std::size_t piece = 64 << 10;  // what a pipe holds
    context.out << text.substr(0, piece);
    for (std::size_t at = piece; at < text.size(); at += piece) {
        context.stop.check();
        context.out << text.substr(at, piece);
    }
}

}  // namespace tripmig::cli
