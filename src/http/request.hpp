#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace tripmig::http {

/// What a client asks for. Headers and bodies decide nothing here and are not kept.
struct Request {
    std::string method;  ///< "GET", "HEAD"
    std::string path;    ///< "/metrics", without the query
    std::string query;   ///< "lang=ko", as it was sent
};

/// An answer, whole: nothing is streamed. Many clients may be sent the same text.
struct Response {
    int status = 200;
    std::string type = "text/plain; charset=utf-8";
    std::shared_ptr<const std::string> body = std::make_shared<std::string>();
};

/// A short one, of plain text.
Response plain_response(int status, std::string text);

/// Where the head of a request ends, its empty line included; npos while more must come.
std::size_t end_of_head(std::string_view received);

/// The request line of a head (RFC 9112); nullopt: it is none.
std::optional<Request> parse_request(std::string_view head);

/// The value of a parameter of the query. Empty when it is missing, or has a character that is no letter, digit or
/// hyphen.
std::string query_value(std::string_view query, std::string_view name);

/// What comes before the body. The answer ends its connection.
std::string response_head(const Response& response);

}  // namespace tripmig::http
