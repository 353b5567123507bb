#include "cli/swap/print.hpp"

#include "view/json_text.hpp"
#include "view/swap.hpp"

namespace tripmig::cli {

void print_swap(Context& context, const QualifiedName& table, const job::State* state,
                const std::vector<std::string>& problems) {
    if (context.json)
        context.out << view::json_text(view::swap_document(table, state, problems)) << '\n';
    else
        context.out << view::swap_text(table, state, problems);
}

}  // namespace tripmig::cli
