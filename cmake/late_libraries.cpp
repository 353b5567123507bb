// libpq's archive asks for Kerberos and LDAP when the program starts, and those bring twenty libraries more. Hardly a
// connection needs them: here they are loaded when libpq first calls them, from the distribution as before. Where they
// are not installed, libpq hears what it hears from one that cannot help: no credentials, no directory
// (docs/decisions/0006). The names of the libraries are those that the shared libpq names (cmake/ShortStart.cmake).
#include <dlfcn.h>
#include <sys/time.h>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace {

constexpr std::uint32_t gss_unavailable = 16U << 16U;  // GSS_S_UNAVAILABLE (RFC 2744, 3.9.1)

struct GssBuffer {
    std::size_t length;
    const void* value;
};

struct GssOid {
    std::uint32_t length;
    const void* elements;
};

class LateLibrary {
  public:
    /// Stays loaded to the end: it may have threads, and handlers for the exit.
    explicit LateLibrary(const char* name) : m_handle(dlopen(name, RTLD_NOW | RTLD_LOCAL)) {}

    [[nodiscard]] bool is_there() const { return m_handle != nullptr; }

    /// Null when there is no such library, or no such function in it.
    template <class Function>
    Function* function(const char* name) const {
        return m_handle == nullptr ? nullptr : reinterpret_cast<Function*>(dlsym(m_handle, name));
    }

  private:
    void* m_handle;
};

const LateLibrary& kerberos() {
    static const LateLibrary library{TRIPMIG_GSSAPI};
    return library;
}

const LateLibrary& directory() {
    static const LateLibrary library{TRIPMIG_LDAP};
    return library;
}

template <class... Arguments>
std::uint32_t gss(const char* name, std::uint32_t* minor, Arguments... arguments) {
    if (auto* const call = kerberos().function<std::uint32_t(std::uint32_t*, Arguments...)>(name)) {
        return call(minor, arguments...);
    }
    *minor = 0;
    return gss_unavailable;
}

template <class Result, class... Arguments>
Result ldap(const char* name, Result otherwise, Arguments... arguments) {
    auto* const call = directory().function<Result(Arguments...)>(name);
    return call == nullptr ? otherwise : call(arguments...);
}

template <class... Arguments>
void ldap_free(const char* name, Arguments... arguments) {
    if (auto* const call = directory().function<void(Arguments...)>(name)) {
        call(arguments...);
    }
}

constexpr std::string_view no_kerberos = TRIPMIG_GSSAPI " is not installed";
constexpr GssOid host_based_service{10, "\052\206\110\206\367\022\001\002\001\004"};  // RFC 2744, 4.8

}  // namespace

// Pointers to the libraries' own types are passed on unseen. The order of the arguments is RFC 2744's and <ldap.h>'s.
extern "C" {

extern const void* GSS_C_NT_HOSTBASED_SERVICE;
const void* GSS_C_NT_HOSTBASED_SERVICE = &host_based_service;

std::uint32_t gss_acquire_cred(std::uint32_t* minor, void* name, std::uint32_t seconds, void* mechanisms, int usage,
                               void* credentials, void* actual, std::uint32_t* actual_seconds) {
    return gss("gss_acquire_cred", minor, name, seconds, mechanisms, usage, credentials, actual, actual_seconds);
}

std::uint32_t gss_delete_sec_context(std::uint32_t* minor, void* context, GssBuffer* token) {
    return gss("gss_delete_sec_context", minor, context, token);
}

std::uint32_t gss_display_status(std::uint32_t* minor, std::uint32_t status, int type, void* mechanism,
                                 std::uint32_t* context, GssBuffer* text) {
    if (!kerberos().is_there()) {
        *minor = 0;
        *context = 0;
        *text = GssBuffer{no_kerberos.size(), no_kerberos.data()};
        return 0;
    }
    return gss("gss_display_status", minor, status, type, mechanism, context, text);
}

std::uint32_t gss_import_name(std::uint32_t* minor, GssBuffer* text, void* type, void* name) {
    return gss("gss_import_name", minor, text, type, name);
}

std::uint32_t gss_init_sec_context(std::uint32_t* minor, void* credentials, void* context, void* target,
                                   void* mechanism, std::uint32_t flags, std::uint32_t seconds, void* bindings,
                                   GssBuffer* received, void* actual, GssBuffer* token, std::uint32_t* actual_flags,
                                   std::uint32_t* actual_seconds) {
    return gss("gss_init_sec_context", minor, credentials, context, target, mechanism, flags, seconds, bindings,
               received, actual, token, actual_flags, actual_seconds);
}

std::uint32_t gss_release_buffer(std::uint32_t* minor, GssBuffer* buffer) {
    return gss("gss_release_buffer", minor, buffer);
}

std::uint32_t gss_release_cred(std::uint32_t* minor, void* credentials) {
    return gss("gss_release_cred", minor, credentials);
}

std::uint32_t gss_release_name(std::uint32_t* minor, void* name) {
    return gss("gss_release_name", minor, name);
}

std::uint32_t gss_unwrap(std::uint32_t* minor, void* context, GssBuffer* input, GssBuffer* output, int* is_secret,
                         std::uint32_t* quality) {
    return gss("gss_unwrap", minor, context, input, output, is_secret, quality);
}

std::uint32_t gss_wrap(std::uint32_t* minor, void* context, int asks_secret, std::uint32_t quality, GssBuffer* input,
                       int* is_secret, GssBuffer* output) {
    return gss("gss_wrap", minor, context, asks_secret, quality, input, is_secret, output);
}

std::uint32_t gss_wrap_size_limit(std::uint32_t* minor, void* context, int asks_secret, std::uint32_t quality,
                                  std::uint32_t output, std::uint32_t* input) {
    return gss("gss_wrap_size_limit", minor, context, asks_secret, quality, output, input);
}

const char* ldap_err2string(int error) {
    return ldap("ldap_err2string", TRIPMIG_LDAP " is not installed", error);
}

/// Null, as when memory is short: libpq then says that it could not create an LDAP structure, and calls no more.
void* ldap_init(const char* host, int port) {
    return ldap("ldap_init", static_cast<void*>(nullptr), host, port);
}

int ldap_simple_bind(void* connection, const char* user, const char* password) {
    return ldap("ldap_simple_bind", -1, connection, user, password);
}

int ldap_set_option(void* connection, int option, const void* value) {
    return ldap("ldap_set_option", -1, connection, option, value);
}

int ldap_result(void* connection, int message, int all, timeval* timeout, void* result) {
    return ldap("ldap_result", -1, connection, message, all, timeout, result);
}

int ldap_search_st(void* connection, const char* base, int scope, const char* filter, char** attributes,
                   int attributes_only, timeval* timeout, void* result) {
    return ldap("ldap_search_st", -1, connection, base, scope, filter, attributes, attributes_only, timeout, result);
}

int ldap_count_entries(void* connection, void* chain) {
    return ldap("ldap_count_entries", -1, connection, chain);
}

void* ldap_first_entry(void* connection, void* chain) {
    return ldap("ldap_first_entry", static_cast<void*>(nullptr), connection, chain);
}

void* ldap_get_values_len(void* connection, void* entry, const char* attribute) {
    return ldap("ldap_get_values_len", static_cast<void*>(nullptr), connection, entry, attribute);
}

int ldap_msgfree(void* message) {
    return ldap("ldap_msgfree", -1, message);
}

int ldap_unbind(void* connection) {
    return ldap("ldap_unbind", -1, connection);
}

void ldap_value_free_len(void* values) {
    ldap_free("ldap_value_free_len", values);
}

}  // extern "C"
