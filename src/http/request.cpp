#include "http/request.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace tripmig::http {

namespace {

std::string_view reason_of(int status) {
    switch (status) {
        case 200:
            return "OK";
        case 400:
            return "Bad Request";
        case 404:
            return "Not Found";
        case 405:
            return "Method Not Allowed";
        case 431:
            return "Request Header Fields Too Large";
        case 503:
            return "Service Unavailable";
        default:
            return "Error";
    }
}

bool is_printable(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

bool is_plain(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

}  // namespace

std::size_t end_of_head(std::string_view received) {
    for (const std::string_view end : {"\r\n\r\n", "\n\n"})
        if (const std::size_t found = received.find(end); found != std::string_view::npos)
            return found + end.size();
    return std::string_view::npos;
}

std::optional<Request> parse_request(std::string_view head) {
    std::string_view line = head.substr(0, head.find('\n'));
    if (!line.empty() && line.back() == '\r')
        line.remove_suffix(1);
    const std::size_t first = line.find(' ');
    const std::size_t last = line.rfind(' ');
    if (first == std::string_view::npos || last == first || line.substr(last + 1).rfind("HTTP/1.", 0) != 0)
        return std::nullopt;
    const std::string_view target = line.substr(first + 1, last - first - 1);
    if (first == 0 || target.empty() || target.front() != '/' || !is_printable(target) ||
        !is_printable(line.substr(0, first)))
        return std::nullopt;
    const std::size_t mark = std::min(target.find('?'), target.size());
    return Request{std::string(line.substr(0, first)), std::string(target.substr(0, mark)),
                   std::string(target.substr(std::min(mark + 1, target.size())))};
}

std::string query_value(std::string_view query, std::string_view name) {
    while (!query.empty()) {
        const std::string_view part = query.substr(0, query.find('&'));
        query.remove_prefix(std::min(part.size() + 1, query.size()));
        if (part.size() <= name.size() || part.substr(0, name.size()) != name || part[name.size()] != '=')
            continue;
        const std::string_view value = part.substr(name.size() + 1);
        return std::all_of(value.begin(), value.end(), is_plain) ? std::string(value) : std::string();
    }
    return {};
}

Response plain_response(int status, std::string text) {
    return {status, "text/plain; charset=utf-8", std::make_shared<const std::string>(std::move(text))};
}

std::string response_head(const Response& response) {
    return fmt::format(
        "HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nCache-Control: no-store\r\n"
        "X-Content-Type-Options: nosniff\r\nConnection: close\r\n{}\r\n",
        response.status, reason_of(response.status), response.type, response.body->size(),
        response.status == 405 ? "Allow: GET, HEAD\r\n" : "");
}

}  // namespace tripmig::http
