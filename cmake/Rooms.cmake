# One static library a room. Floors, lowest first; a room sees the floors below it and no others
# (tests/architecture/floors checks the includes as well).
function(tripmig_room name)
  cmake_parse_arguments(ROOM "" "" "ROOMS;PACKAGES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(TRANSFORM ROOM_ROOMS PREPEND tripmig_)
  if(sources)
    set(visibility PUBLIC)
    add_library(tripmig_${name} STATIC ${sources})
  else()
    set(visibility INTERFACE)
    add_library(tripmig_${name} INTERFACE)
  endif()
  target_link_libraries(tripmig_${name} ${visibility} tripmig_flags ${ROOM_ROOMS} ${ROOM_PACKAGES})
  # Most of a source's time goes into the headers of the standard library and fmt: whoever builds to use it joins eight. The other
  # builds compile each source alone, and so say which one lacks an include.
  if(sources AND TRIPMIG_JOIN_SOURCES)
    set_target_properties(tripmig_${name} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TRIPMIG_JOIN_SIZE})
  endif()
  tripmig_embed_sql(${name} ${visibility})
endfunction()

tripmig_room(base       PACKAGES tripmig_fmt OpenSSL::Crypto)
target_link_libraries(tripmig_base PUBLIC tripmig_version)

tripmig_room(sql        ROOMS base)
tripmig_room(config     ROOMS base PACKAGES tomlplusplus::tomlplusplus)
# toml++ 3.3 calls a point unreachable that a line continuation before an accented letter reaches (src/config/toml_document.cpp).
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/config/toml_document.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=unreachable)
tripmig_room(report     ROOMS base PACKAGES nlohmann_json::nlohmann_json)
tripmig_room(sandbox    ROOMS base)

tripmig_room(db         ROOMS base sql config PACKAGES tripmig_libpqxx tripmig_libpq Threads::Threads)
tripmig_room(ddl        ROOMS db sql config base)
tripmig_room(move       ROOMS ddl db sql config base PACKAGES Threads::Threads)
tripmig_room(migrate    ROOMS move ddl db sql config base)
tripmig_room(partition  ROOMS move ddl db sql config base)
tripmig_room(swap       ROOMS move ddl db sql config base PACKAGES nlohmann_json::nlohmann_json)
tripmig_room(cli        ROOMS migrate partition swap move ddl db sandbox report config sql base
                        PACKAGES CLI11::CLI11 nlohmann_json::nlohmann_json Threads::Threads)

# CLI11 and nlohmann-json are most of the time that a command's file takes to compile.
target_precompile_headers(tripmig_cli PRIVATE <CLI/CLI.hpp> <nlohmann/json.hpp> <fmt/format.h>)
