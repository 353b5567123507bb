# Hundreds of pods ask at once whether anything is pending: the program's start is most of what that costs. The optimised
# binary carries the C++ runtime, libpqxx and libfmt; what is loaded is what libpq needs and no more
# (docs/decisions/0006). libpq, OpenSSL and libc stay the distribution's shared ones: that is where security fixes come.
option(TRIPMIG_SHORT_START "Carry the C++ runtime, libpqxx and libfmt in the optimised binary" ON)

add_library(tripmig_fmt INTERFACE)
add_library(tripmig_libpqxx INTERFACE)
target_include_directories(tripmig_libpqxx SYSTEM INTERFACE ${libpqxx_INCLUDE_DIRS})

find_library(libpqxx_archive libpqxx.a)
if(TRIPMIG_SHORT_START AND libpqxx_archive AND CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT TRIPMIG_SANITIZE)
  # A later libfmt may want other instantiations: then it is the shared one.
  try_compile(fmt_is_carried ${CMAKE_BINARY_DIR}/short_start
              SOURCES ${CMAKE_SOURCE_DIR}/cmake/fmt.cpp ${CMAKE_SOURCE_DIR}/cmake/fmt_try.cpp
              CXX_STANDARD 20)
  set(TRIPMIG_STARTS_SHORT ${fmt_is_carried})
endif()

if(TRIPMIG_STARTS_SHORT)
  add_library(tripmig_fmt_archive STATIC ${CMAKE_SOURCE_DIR}/cmake/fmt.cpp)
  target_link_libraries(tripmig_fmt INTERFACE tripmig_fmt_archive)
  target_link_libraries(tripmig_libpqxx INTERFACE ${libpqxx_archive} PkgConfig::libpq)
else()
  target_link_libraries(tripmig_fmt INTERFACE fmt::fmt)
  target_link_libraries(tripmig_libpqxx INTERFACE PkgConfig::libpqxx)
endif()

function(tripmig_short_start target)
  if(TRIPMIG_STARTS_SHORT)
    # A source that includes CLI11 makes its validators before main: the command line is compiled in three pieces.
    set_target_properties(tripmig_cli PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
    target_compile_definitions(${target} PRIVATE TRIPMIG_QUICK_EXIT)
  endif()
endfunction()
