#pragma once

#include <string>

namespace tripmig::app {

/// Who runs this process, by the operating system: the name, or the number where it has none (a container).
std::string os_user();
std::string host_name();

}  // namespace tripmig::app
