#pragma once

// The one place where libpqxx 6.4.5 (Debian 12, Ubuntu 22.04) and 7.x (Debian 13) differ for us. Debian's 6.4.5 calls
// itself 6.4.4: only the major version can be tested. Included by .cpp files of db/ only.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <pqxx/pqxx>
#include <string>
#include <string_view>
#include <vector>

#include "db/result.hpp"

namespace tripmig::db::libpqxx {

inline std::unique_ptr<pqxx::connection> connect(const std::string& options) {
    auto connection = std::make_unique<pqxx::connection>(options);
#if PQXX_VERSION_MAJOR < 7
    // 6.x silently reconnects a dead connection on its third use, without our session's locks and settings.
    // Deprecated there because 7.0 never reconnects; no other way exists in 6.x.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
    connection->inhibit_reactivation(true);
#pragma GCC diagnostic pop
#endif
    return connection;
}

#if PQXX_VERSION_MAJOR < 7
/// What a parameter list looks like to libpqxx; it points into the parameters.
class ValueList {
  public:
    explicit ValueList(const Parameters& parameters) {
        m_values.reserve(parameters.size());
        for (const auto& parameter : parameters)
            m_values.push_back(parameter ? parameter->c_str() : nullptr);
    }
    [[nodiscard]] auto get() const { return pqxx::prepare::make_dynamic_params(m_values); }

  private:
    std::vector<const char*> m_values;
};
#else
class ValueList {
  public:
    explicit ValueList(const Parameters& parameters) {
        for (const auto& parameter : parameters)
            m_values.append(parameter);
    }
    [[nodiscard]] const pqxx::params& get() const { return m_values; }

  private:
    pqxx::params m_values;
};
#endif

inline pqxx::result execute(pqxx::transaction_base& transaction, const std::string& sql, const Parameters& parameters) {
    if (parameters.empty())
        return transaction.exec(sql);
    const ValueList values(parameters);
#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 9)
    return transaction.exec(sql, values.get());
#else
    return transaction.exec_params(sql, values.get());
#endif
}

/// A statement that the connection has prepared.
inline pqxx::result execute_prepared(pqxx::transaction_base& transaction, const std::string& name,
                                     const Parameters& parameters) {
    const ValueList values(parameters);
#if PQXX_VERSION_MAJOR > 7 || (PQXX_VERSION_MAJOR == 7 && PQXX_VERSION_MINOR >= 10)
    return transaction.exec(pqxx::prepped{name}, values.get());
#else
    return transaction.exec_prepared(name, values.get());
#endif
}

class LibpqxxAnswer : public Answer {
  public:
    explicit LibpqxxAnswer(const pqxx::result& result) : m_result(result) {}

    [[nodiscard]] std::size_t rows() const override { return static_cast<std::size_t>(m_result.size()); }
    [[nodiscard]] std::size_t columns() const override { return static_cast<std::size_t>(m_result.columns()); }
    [[nodiscard]] std::string_view column_name(std::size_t column) const override {
        return m_result.column_name(static_cast<pqxx::row::size_type>(column));
    }
    [[nodiscard]] std::optional<std::string_view> cell(std::size_t row, std::size_t column) const override {
        const auto field =
            m_result[static_cast<pqxx::result::size_type>(row)][static_cast<pqxx::row::size_type>(column)];
        if (field.is_null())
            return std::nullopt;
        return std::string_view(field.c_str(), static_cast<std::size_t>(field.size()));
    }
    [[nodiscard]] std::uint64_t affected() const override {
        return static_cast<std::uint64_t>(m_result.affected_rows());
    }

  private:
    pqxx::result m_result;
};

inline Result result_for(const pqxx::result& answer) {
    return Result(std::make_shared<LibpqxxAnswer>(answer));
}

}  // namespace tripmig::db::libpqxx
