#include "db/cells.hpp"

#include <charconv>

#include "db/session.hpp"

namespace tripmig::db {

std::string Cells::text() {
    return text_of(next());
}

bool Cells::flag() {
    return flag_of(next());
}

char Cells::letter() {
    const std::optional<std::string>& cell = next();
    return cell && !cell->empty() ? cell->front() : '\0';
}

std::int64_t Cells::number() {
    return number_of(next());
}

double Cells::decimal() {
    const std::string& text = text_of(next());
    double value = -1;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::vector<std::string> Cells::list() {
    const std::optional<std::string>& cell = next();
    std::vector<std::string> items;
    if (!cell || cell->empty())
        return items;
    std::size_t from = 0;
    for (std::size_t at = cell->find(list_separator); at != std::string::npos; at = cell->find(list_separator, from)) {
        items.push_back(cell->substr(from, at - from));
        from = at + 1;
    }
    items.push_back(cell->substr(from));
    return items;
}

QualifiedName Cells::name() {
    std::string schema = text();
    return {std::move(schema), text()};
}

std::string joined_list(const std::vector<std::string>& items) {
    std::string text;
    for (const std::string& item : items)
        text += (text.empty() ? std::string() : std::string(1, list_separator)) + item;
    return text;
}

}  // namespace tripmig::db
