# The pages of docs/ that `tripmig help` shows become tripmig::view::pages in generated/view/pages.hpp: name and text of each.

file(GLOB pages CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/docs/*.md)
# For those who work on tripmig, or with the sources at hand.
list(FILTER pages EXCLUDE REGEX "/(index|architecture|performance|demo|commands)\\.md$")
set(header ${CMAKE_BINARY_DIR}/generated/view/pages.hpp)
add_custom_command(
  OUTPUT ${header}
  COMMAND ${CMAKE_COMMAND} -DHEADER=${header} "-DFILES=${pages}" -P ${CMAKE_SOURCE_DIR}/cmake/embed_pages_script.cmake
  DEPENDS ${pages} ${CMAKE_SOURCE_DIR}/cmake/embed_pages_script.cmake
  VERBATIM)
add_custom_target(tripmig_pages DEPENDS ${header})
add_dependencies(tripmig_view tripmig_pages)
add_dependencies(tripmig_statements tripmig_pages)
