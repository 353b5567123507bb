# Hundreds of pods ask at once whether anything is pending: the program's start is most of what that costs. The optimised
# binary carries the C++ runtime, libpqxx, libfmt and libpq, and loads Kerberos and LDAP when a connection asks for them
# (docs/decisions/0006). OpenSSL and libc stay the distribution's shared ones.
option(TRIPMIG_SHORT_START "Carry the C++ runtime, libpqxx, libfmt and libpq in the optimised binary" ON)
set(TRIPMIG_LIBPQ_ARCHIVES ${CMAKE_SOURCE_DIR}/build-libpq/${libpq_VERSION} CACHE PATH
    "Where libpgcommon_shlib.a and libpgport_shlib.a are (scripts/libpq-archives)")

add_library(tripmig_fmt INTERFACE)
add_library(tripmig_libpq INTERFACE)
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

# Sets TRIPMIG_CARRIES_LIBPQ, and the libraries and definitions that it takes. A later libpq may call what
# cmake/late_libraries.cpp lacks: then it is the shared one.
function(tripmig_find_libpq_archives)
  find_library(libpq_archive libpq.a)
  find_library(libpq_shared pq)
  set(libpq_archives ${libpq_archive} ${TRIPMIG_LIBPQ_ARCHIVES}/libpgcommon_shlib.a ${TRIPMIG_LIBPQ_ARCHIVES}/libpgport_shlib.a)
  foreach(archive IN LISTS libpq_archives)
    if(NOT EXISTS "${archive}")
      return()
    endif()
  endforeach()
  execute_process(COMMAND ${CMAKE_OBJDUMP} -p ${libpq_shared} OUTPUT_VARIABLE headers RESULT_VARIABLE failed)
  if(failed OR NOT headers MATCHES "NEEDED +(libgssapi[^ \n]*)")
    return()
  endif()
  set(definitions TRIPMIG_GSSAPI="${CMAKE_MATCH_1}")
  if(NOT headers MATCHES "NEEDED +(libldap[^ \n]*)")
    return()
  endif()
  list(APPEND definitions TRIPMIG_LDAP="${CMAKE_MATCH_1}")
  list(TRANSFORM definitions PREPEND -D OUTPUT_VARIABLE options)
  try_compile(libpq_is_carried ${CMAKE_BINARY_DIR}/short_start_libpq
              SOURCES ${CMAKE_SOURCE_DIR}/cmake/libpq_try.cpp ${CMAKE_SOURCE_DIR}/cmake/late_libraries.cpp
              COMPILE_DEFINITIONS ${options}
              CMAKE_FLAGS "-DINCLUDE_DIRECTORIES=${libpq_INCLUDE_DIRS}"
              LINK_LIBRARIES ${libpq_archives} OpenSSL::SSL OpenSSL::Crypto ${CMAKE_DL_LIBS} Threads::Threads m
              CXX_STANDARD 20)
  set(TRIPMIG_CARRIES_LIBPQ ${libpq_is_carried} PARENT_SCOPE)
  set(libpq_archives ${libpq_archives} PARENT_SCOPE)
  set(late_library_definitions ${definitions} PARENT_SCOPE)
endfunction()

if(TRIPMIG_STARTS_SHORT)
  tripmig_find_libpq_archives()
  add_library(tripmig_fmt_archive STATIC ${CMAKE_SOURCE_DIR}/cmake/fmt.cpp)
  target_link_libraries(tripmig_fmt INTERFACE tripmig_fmt_archive)
  target_link_libraries(tripmig_libpqxx INTERFACE ${libpqxx_archive} tripmig_libpq)
else()
  target_link_libraries(tripmig_fmt INTERFACE fmt::fmt)
  target_link_libraries(tripmig_libpqxx INTERFACE PkgConfig::libpqxx)
endif()

if(TRIPMIG_CARRIES_LIBPQ)
  add_library(tripmig_late_libraries STATIC ${CMAKE_SOURCE_DIR}/cmake/late_libraries.cpp)
  target_compile_definitions(tripmig_late_libraries PRIVATE ${late_library_definitions})
  target_include_directories(tripmig_libpq SYSTEM INTERFACE ${libpq_INCLUDE_DIRS})
  target_link_libraries(tripmig_libpq INTERFACE ${libpq_archives} tripmig_late_libraries OpenSSL::SSL OpenSSL::Crypto
                        ${CMAKE_DL_LIBS} Threads::Threads m)
  message(STATUS "libpq ${libpq_VERSION} is carried")
else()
  target_link_libraries(tripmig_libpq INTERFACE PkgConfig::libpq)
  message(STATUS "libpq ${libpq_VERSION} is loaded")
endif()

function(tripmig_short_start target)
  if(TRIPMIG_STARTS_SHORT)
    # A source that includes CLI11 makes its validators before main: the command line is compiled in three pieces.
    set_target_properties(tripmig_cli PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 16)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections)
    target_compile_definitions(${target} PRIVATE TRIPMIG_QUICK_EXIT)
  endif()
endfunction()
