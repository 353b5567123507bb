include(GNUInstallDirs)
install(TARGETS tripmig RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(FILES README.md README.ko.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY docs DESTINATION ${CMAKE_INSTALL_DOCDIR} FILES_MATCHING PATTERN *.md)
install(FILES deploy/systemd/tripmig.toml deploy/prometheus/alerts.yml deploy/grafana/tripmig.json DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
install(FILES deploy/cron/tripmig DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples RENAME crontab)
install(DIRECTORY migrations partitions DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples/trip-service)
install(PROGRAMS deploy/backup/backup deploy/backup/restore deploy/backup/upload-azure DESTINATION lib/tripmig/backup)
install(FILES deploy/backup/contents.sql DESTINATION lib/tripmig/backup)

# Manual pages and completions say what the program itself declares.
set(manual ${CMAKE_BINARY_DIR}/manual)
add_custom_command(
  OUTPUT ${manual}/stamp
  COMMAND ${CMAKE_COMMAND} -E rm -rf ${manual}
  COMMAND ${CMAKE_COMMAND} -E make_directory ${manual}
  COMMAND tripmig help --man-pages ${manual}/man1
  COMMAND sh -c "gzip -9n man1/*"
  COMMAND sh -c "\"$1\" completion bash >tripmig && \"$1\" completion zsh >_tripmig && \"$1\" completion fish >tripmig.fish" sh $<TARGET_FILE:tripmig>
  COMMAND ${CMAKE_COMMAND} -E touch ${manual}/stamp
  WORKING_DIRECTORY ${CMAKE_BINARY_DIR}/manual DEPENDS tripmig VERBATIM)
add_custom_target(tripmig_manual ALL DEPENDS ${manual}/stamp)
file(MAKE_DIRECTORY ${manual})
install(DIRECTORY ${manual}/man1 DESTINATION ${CMAKE_INSTALL_MANDIR})
install(FILES ${manual}/tripmig DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${manual}/_tripmig DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${manual}/tripmig.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d)

# Of the package alone: the units name /usr/bin/tripmig, which is not where `cmake --install` puts it.
file(GLOB units CONFIGURE_DEPENDS deploy/systemd/*.service deploy/systemd/*.timer)
install(FILES ${units} DESTINATION lib/systemd/system COMPONENT service EXCLUDE_FROM_ALL)
install(FILES deploy/systemd/tripmig.sysusers.conf DESTINATION lib/sysusers.d RENAME tripmig.conf COMPONENT service EXCLUDE_FROM_ALL)
set(CPACK_COMPONENTS_ALL Unspecified service)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ALL_COMPONENTS_IN_ONE)

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME tripmig)
set(CPACK_PACKAGE_VENDOR "tripmig")
set(CPACK_PACKAGE_CONTACT "tripmig maintainers <maintainers@tripmig.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
set(CPACK_DEBIAN_PACKAGE_SECTION database)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "postgresql-15, postgresql-client-15, curl")
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${CMAKE_SOURCE_DIR}/cmake/debian/postinst ${CMAKE_SOURCE_DIR}/cmake/debian/prerm
                                       ${CMAKE_SOURCE_DIR}/cmake/debian/postrm)
set(CPACK_STRIP_FILES ON)
include(CPack)
