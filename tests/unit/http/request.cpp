#include "http/request.hpp"

#include <doctest/doctest.h>

#include "base/error.hpp"
#include "http/server.hpp"

using namespace tripmig;

TEST_CASE("a request line is taken apart, and nothing else is one") {
    const auto request = http::parse_request("GET /metrics?lang=ko&x=1 HTTP/1.1\r\nHost: a\r\n\r\n");
    REQUIRE(request);
    CHECK(request->method == "GET");
    CHECK(request->path == "/metrics");
    CHECK(request->query == "lang=ko&x=1");
    CHECK(http::parse_request("HEAD / HTTP/1.0\n\n")->query.empty());
    for (const char* head :
         {"", "\r\n", "GET", "GET /", "GET /\r\n", " / HTTP/1.1", "GET  HTTP/1.1", "GET metrics HTTP/1.1",
          "GET /a b HTTP/1.1", "GET /\x01 HTTP/1.1", "GET / HTTP/2", "GET /caf\xC3\xA9 HTTP/1.1"})
        CHECK_MESSAGE(!http::parse_request(head), head);
}

TEST_CASE("a head ends with an empty line") {
    CHECK(http::end_of_head("GET / HTTP/1.1\r\nHost: a\r\n") == std::string_view::npos);
    CHECK(http::end_of_head("GET / HTTP/1.1\r\n\r\nmore") == 18);
    CHECK(http::end_of_head("GET / HTTP/1.1\n\n") == 16);
}

TEST_CASE("a parameter of a query has letters, digits and hyphens, or counts as none") {
    CHECK(http::query_value("lang=ko", "lang") == "ko");
    CHECK(http::query_value("a=1&lang=en-GB", "lang") == "en-GB");
    CHECK(http::query_value("language=ko", "lang").empty());
    CHECK(http::query_value("lang=<script>", "lang").empty());
    CHECK(http::query_value("lang", "lang").empty());
    CHECK(http::query_value("", "lang").empty());
}

TEST_CASE("an answer's head tells its length, and that the connection ends") {
    const std::string head = http::response_head(http::plain_response(503, "no\n"));
    CHECK(head.rfind("HTTP/1.1 503 Service Unavailable\r\n", 0) == 0);
    CHECK(head.find("\r\nContent-Length: 3\r\n") != std::string::npos);
    CHECK(head.find("\r\nConnection: close\r\n\r\n") == head.size() - 23);
    CHECK(http::response_head(http::plain_response(405, "")).find("\r\nAllow: GET, HEAD\r\n") != std::string::npos);
}

TEST_CASE("an address is HOST:PORT") {
    CHECK(http::parse_address("127.0.0.1:9187").host == "127.0.0.1");
    CHECK(http::parse_address("[::1]:9187").host == "::1");
    CHECK(http::parse_address(":80").host.empty());
    CHECK(http::parse_address("localhost:0").port == "0");
    for (const char* text : {"", "9187", "127.0.0.1", "127.0.0.1:", "::1:9187", "a:70000", "a:http", "a:-1"})
        CHECK_THROWS_AS(http::parse_address(text), Error);
}
