# Most of a source's time goes into the headers of the standard library and fmt: whoever builds to use it joins eight. The other
# builds compile each source alone, and so say which one lacks an include.
function(tripmig_join_sources target)
  if(TRIPMIG_JOIN_SOURCES)
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE ${TRIPMIG_JOIN_SIZE}
                          UNITY_BUILD_CODE_BEFORE_INCLUDE "// NOLINTNEXTLINE(bugprone-suspicious-include)")
  endif()
endfunction()

# One static library a module of src/, linked with the layers below it and no others (scripts/layers checks the includes as well).
function(tripmig_module name)
  cmake_parse_arguments(MODULE "" "" "MODULES;PACKAGES" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${name}/*.cpp)
  list(TRANSFORM MODULE_MODULES PREPEND tripmig_)
  add_library(tripmig_${name} STATIC ${sources})
  target_link_libraries(tripmig_${name} PUBLIC tripmig_flags ${MODULE_MODULES} ${MODULE_PACKAGES})
  tripmig_join_sources(tripmig_${name})
  tripmig_embed_sql(${name})
endfunction()

tripmig_module(base       PACKAGES fmt::fmt OpenSSL::Crypto nlohmann_json::nlohmann_json)
target_link_libraries(tripmig_base PUBLIC tripmig_version)

tripmig_module(sql        MODULES base)
tripmig_module(config     MODULES base PACKAGES tomlplusplus::tomlplusplus)
# toml++ 3.3 calls a point unreachable that a line continuation before an accented letter reaches (src/config/toml_document.cpp).
set_source_files_properties(${CMAKE_SOURCE_DIR}/src/config/toml_document.cpp PROPERTIES COMPILE_OPTIONS -fno-sanitize=unreachable)
tripmig_module(report     MODULES base)
tripmig_module(sandbox    MODULES base)
tripmig_module(http       MODULES base)

tripmig_module(lint       MODULES sql base)
tripmig_module(db         MODULES base sql config PACKAGES PkgConfig::libpqxx PkgConfig::libpq Threads::Threads)
tripmig_module(ddl        MODULES db sql config base)
tripmig_module(backfill   MODULES ddl db sql config base PACKAGES Threads::Threads)
tripmig_module(job        MODULES backfill ddl db sql config base)
tripmig_module(swap       MODULES job backfill ddl db sql config base)
tripmig_module(partition  MODULES job backfill ddl db sql config base PACKAGES PkgConfig::zstd)
tripmig_module(migrate    MODULES job backfill ddl db lint sql config base)
tripmig_module(doctor     MODULES migrate partition swap job backfill ddl db lint sql config base)
tripmig_module(app        MODULES doctor migrate partition swap job backfill ddl db lint sandbox report config sql base)
tripmig_module(view       MODULES app doctor migrate partition swap job backfill ddl db lint sandbox report config sql base
                          PACKAGES nlohmann_json::nlohmann_json)
tripmig_module(cli        MODULES view app doctor migrate partition swap job backfill ddl db lint sandbox http report config sql base
                          PACKAGES CLI11::CLI11 nlohmann_json::nlohmann_json Threads::Threads)

include(EmbedPages)     # what `tripmig help` shows of docs/

# CLI11 and nlohmann-json are most of the time that a command's file takes to compile.
target_precompile_headers(tripmig_view PRIVATE <nlohmann/json.hpp> <fmt/format.h>)
target_precompile_headers(tripmig_cli PRIVATE <CLI/CLI.hpp> <nlohmann/json.hpp> <fmt/format.h>)
