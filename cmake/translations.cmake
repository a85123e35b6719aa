# po/LANG.po -> locale/LANG/LC_MESSAGES/ashiato.mo beside the program.
find_program(MSGFMT msgfmt REQUIRED)
set(ASH_CATALOGUES)
foreach(lang IN ITEMS ja)
  set(mo "${CMAKE_BINARY_DIR}/locale/${lang}/LC_MESSAGES/ashiato.mo")
  add_custom_command(
    OUTPUT "${mo}"
    COMMAND ${CMAKE_COMMAND} -E make_directory "${CMAKE_BINARY_DIR}/locale/${lang}/LC_MESSAGES"
    COMMAND ${MSGFMT} --check-format -o "${mo}" "${CMAKE_SOURCE_DIR}/po/${lang}.po"
    DEPENDS "${CMAKE_SOURCE_DIR}/po/${lang}.po")
  list(APPEND ASH_CATALOGUES "${mo}")
endforeach()
add_custom_target(catalogues ALL DEPENDS ${ASH_CATALOGUES})
