#pragma once

#include <string>

namespace tripmig::sandbox {

/// A server parameter (manual 20.1), as `postgres -c name=value` takes it.
struct Setting {
    std::string name;
    std::string value;
};

/// "shared_buffers=1GB". Throws Error{usage} when it is not name=value, or when it is not the caller's to choose.
Setting parse_setting(const std::string& text);

}  // namespace tripmig::sandbox
