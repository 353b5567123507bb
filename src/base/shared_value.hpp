#pragma once

#include <memory>
#include <utility>

namespace tripmig {

/// A value that its copies share until one of them changes it: a file may have a million statements, and most of them
/// say the same.
template <typename Value>
class SharedValue {
  public:
    SharedValue() : m_value(made_empty()) {}
    explicit SharedValue(Value value) : m_value(std::make_shared<Value>(std::move(value))) {}

    const Value& operator*() const noexcept { return *m_value; }
    const Value* operator->() const noexcept { return m_value.get(); }

    /// The value, to be changed: a copy of its own when others have it too.
    Value& change() {
        if (m_value.use_count() > 1)
            m_value = std::make_shared<Value>(*m_value);
        return *m_value;
    }

  private:
    static const std::shared_ptr<Value>& made_empty() {
        static const std::shared_ptr<Value> empty = std::make_shared<Value>();
        return empty;
    }

    std::shared_ptr<Value> m_value;
};

}  // namespace tripmig
