// For builds with the address sanitizer. libpqxx 6.4 loses the result of a query whose connection breaks, when it then
// asks that connection for its encoding.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): the sanitizer's own name

extern "C" const char* __lsan_default_suppressions() {  // NOLINT(bugprone-reserved-identifier)
    return "leak:libpqxx-6.4.so\n";
}
