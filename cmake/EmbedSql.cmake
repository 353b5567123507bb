# src/<module>/sql/<name>.sql, or sql/ in a folder of the module, becomes tripmig::<module>::statements::<name> in generated/<module>/statements.hpp:
# one complete statement a file, runnable in psql, parameters described at its top.

# All of them at once, for a tool that reads the sources without building them.
add_custom_target(tripmig_statements)

function(tripmig_embed_sql module)
  file(GLOB files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${module}/sql/*.sql
       ${CMAKE_SOURCE_DIR}/src/${module}/*/sql/*.sql)
  if(NOT files)
    return()
  endif()
  set(header ${CMAKE_BINARY_DIR}/generated/${module}/statements.hpp)
  add_custom_command(
    OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DHEADER=${header} -DMODULE=${module} "-DFILES=${files}"
            -P ${CMAKE_SOURCE_DIR}/cmake/embed_sql_script.cmake
    DEPENDS ${files} ${CMAKE_SOURCE_DIR}/cmake/embed_sql_script.cmake
    VERBATIM)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${files})
  add_custom_target(tripmig_${module}_sql DEPENDS ${header})
  add_dependencies(tripmig_${module} tripmig_${module}_sql)
  add_dependencies(tripmig_statements tripmig_${module}_sql)
endfunction()
