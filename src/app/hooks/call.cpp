#include "app/hooks/call.hpp"

#include <fmt/format.h>

#include "base/child_process.hpp"
#include "base/duration.hpp"

namespace tripmig::app {

namespace {

bool is_url(const std::string& hook) {
    return hook.rfind("http://", 0) == 0 || hook.rfind("https://", 0) == 0;
}

/// As curl's configuration file has it.
std::string quoted(const std::string& value) {
    std::string text = "\"";
    for (const char c : value) {
        if (c == '"' || c == '\\')
            text += '\\';
        text += c;
    }
    return text + '"';
}

/// For `curl --config -`: the URL may have a token in it, which nobody is to find among the arguments.
std::string curl_configuration(const std::string& url, const std::string& document, std::chrono::milliseconds timeout) {
    return fmt::format(
        "url = {}\ndata-raw = {}\nheader = \"Content-Type: application/json\"\nproto = \"=http,https\"\n"
        "fail\nsilent\nshow-error\nmax-time = {:.3f}\noutput = \"/dev/null\"\n",
        quoted(url), quoted(document), static_cast<double>(timeout.count()) / 1000);
}

std::string last_line(const std::string& text) {
    constexpr std::size_t most = 200;
    const std::size_t end = text.find_last_not_of("\r\n");
    if (end == std::string::npos)
        return {};
    const std::size_t begin = text.rfind('\n', end);
    return text.substr(begin == std::string::npos ? 0 : begin + 1, end - begin).substr(0, most);
}

}  // namespace

std::string call_hook(const std::string& hook, const std::string& document, std::chrono::milliseconds timeout) {
    ChildOrders orders;
    orders.patience = timeout;
    orders.most_output = std::size_t{1} << 20U;
    if (is_url(hook)) {
        orders.arguments = {"curl", "-q", "--config", "-"};
        orders.input = curl_configuration(hook, document, timeout);
    } else {
        orders.arguments = {"/bin/sh", "-c", hook};
        orders.input = document + "\n";
    }
    const ChildEnd end = run_child(orders);
    switch (end.how) {
        case ChildEnd::How::timed_out:
            return "did not end within " + to_string(timeout) + ", and was ended";
        case ChildEnd::How::too_much_output:
            return "printed more than 1 MiB, and was ended";
        case ChildEnd::How::signalled:
            return "was ended by a signal";
        case ChildEnd::How::ended:
            break;
    }
    if (end.status == 0)
        return {};
    if (end.status == 127 && is_url(hook))
        return "needs curl, which was not found";
    const std::string said = last_line(end.err);
    return fmt::format("failed with exit code {}{}", end.status, said.empty() ? "" : ": " + said);
}

}  // namespace tripmig::app
