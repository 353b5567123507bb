#pragma once

namespace tripmig::lint {

/// What a file of migrations is for: done once, taking one back, done again whenever it changes.
enum class FileKind { versioned, undo, repeatable };

}  // namespace tripmig::lint
