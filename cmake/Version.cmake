# `tripmig --version`: the project's version and the git revision, looked up at every build.
set(version_source ${CMAKE_BINARY_DIR}/generated/version.cpp)
add_custom_target(tripmig_version_source BYPRODUCTS ${version_source}
  COMMAND ${CMAKE_COMMAND} -DOUTPUT=${version_source} -DVERSION=${PROJECT_VERSION} -DSOURCE=${CMAKE_SOURCE_DIR}
          -P ${CMAKE_SOURCE_DIR}/cmake/version_script.cmake
  VERBATIM)
set_source_files_properties(${version_source} PROPERTIES GENERATED TRUE)
add_library(tripmig_version STATIC ${version_source})
target_link_libraries(tripmig_version PUBLIC tripmig_flags)
add_dependencies(tripmig_version tripmig_version_source)
