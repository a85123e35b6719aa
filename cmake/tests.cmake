# Every test program is one source file: tests/unit and tests/property (cmocka),
# fuzz targets with a driver that runs their corpora. `ninja tests` builds all.
pkg_check_modules(CMOCKA IMPORTED_TARGET cmocka)
add_custom_target(tests)

# ash_test_program(NAME FOLDER LIBRARIES SOURCE...)
function(ash_test_program name folder libraries)
  add_executable(${name} EXCLUDE_FROM_ALL ${ARGN})
  target_link_libraries(${name} PRIVATE ${libraries})
  target_compile_definitions(${name} PRIVATE ASH_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/${folder}" BUILD_RPATH "${ASH_DUCKDB_DIR}")
  add_dependencies(tests ${name})
endfunction()

if(CMOCKA_FOUND)
  file(GLOB ASH_UNIT_LIB CONFIGURE_DEPENDS tests/unit/lib/*.c)
  add_library(ash_unit STATIC EXCLUDE_FROM_ALL ${ASH_UNIT_LIB})
  target_include_directories(ash_unit PUBLIC tests/unit/lib)
  target_link_libraries(ash_unit PUBLIC libashiato PkgConfig::CMOCKA)
  foreach(folder IN ITEMS unit property)
    file(GLOB sources CONFIGURE_DEPENDS tests/${folder}/test_*.c)
    foreach(source IN LISTS sources)
      get_filename_component(name "${source}" NAME_WE)
      ash_test_program(${name} tests/${folder} ash_unit "${source}")
    endforeach()
  endforeach()
endif()

file(GLOB ASH_GENLOG_SOURCES CONFIGURE_DEPENDS bench/gen/*.c)
add_executable(genlog EXCLUDE_FROM_ALL ${ASH_GENLOG_SOURCES})
add_dependencies(tests genlog)
target_link_libraries(genlog PRIVATE libashiato)
set_target_properties(genlog PROPERTIES BUILD_RPATH "${ASH_DUCKDB_DIR}")

add_executable(evtx_extract EXCLUDE_FROM_ALL bench/evtx_extract.c)
target_link_libraries(evtx_extract PRIVATE libashiato)
set_target_properties(evtx_extract PROPERTIES BUILD_RPATH "${ASH_DUCKDB_DIR}")
add_dependencies(tests evtx_extract)

add_executable(extract_text EXCLUDE_FROM_ALL bench/extract_text.c)
target_link_libraries(extract_text PRIVATE libashiato)
set_target_properties(extract_text PROPERTIES BUILD_RPATH "${ASH_DUCKDB_DIR}")
add_dependencies(tests extract_text)

# Preloaded by tests/torture; in front of a sanitizer's own library it cannot work.
add_library(faults SHARED EXCLUDE_FROM_ALL tests/torture/faults.c)
target_compile_options(faults PRIVATE -O1 -Wall -Wextra -Werror -Wno-nonnull-compare)
target_compile_definitions(faults PRIVATE _GNU_SOURCE)
target_link_libraries(faults PRIVATE ${CMAKE_DL_LIBS})
set_target_properties(faults PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/tests")

add_executable(classscan EXCLUDE_FROM_ALL bench/classscan.c)
target_link_libraries(classscan PRIVATE libashiato)
set_target_properties(classscan PROPERTIES BUILD_RPATH "${ASH_DUCKDB_DIR}")
add_dependencies(tests classscan)
