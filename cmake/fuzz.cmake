# Fuzz targets: one for each row of sources.def, and one for each fuzz/fuzz_*.c
# beside fuzz_source.c. Every build makes of them tests of their corpora
# (tests/corpus/TARGET); the preset `fuzz` links them with libFuzzer too.
add_custom_target(fuzzers)

# ash_fuzz_target(NAME SOURCE DEFINITION...)
function(ash_fuzz_target name source)
  ash_test_program(test_corpus_${name} tests/corpus libashiato "${source}" fuzz/corpus.c)
  target_compile_definitions(test_corpus_${name} PRIVATE ${ARGN}
    ASH_CORPUS_DIR="${CMAKE_SOURCE_DIR}/tests/corpus/${name}")
  target_include_directories(test_corpus_${name} PRIVATE fuzz)
  if(ASH_FUZZ)
    add_executable(fuzz_${name} EXCLUDE_FROM_ALL "${source}")
    target_link_libraries(fuzz_${name} PRIVATE libashiato)
    target_compile_definitions(fuzz_${name} PRIVATE ${ARGN})
    target_include_directories(fuzz_${name} PRIVATE fuzz)
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    set_target_properties(fuzz_${name} PROPERTIES
      RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/targets" BUILD_RPATH "${ASH_DUCKDB_DIR}")
    add_dependencies(fuzzers fuzz_${name})
  endif()
endfunction()

file(STRINGS src/source/sources.def rows REGEX "^SOURCE\\(")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS src/source/sources.def)
foreach(row IN LISTS rows)
  string(REGEX REPLACE "^SOURCE\\(([a-z0-9_]+)\\).*" "\\1" id "${row}")
  string(REPLACE "_" "-" source "${id}")
  ash_fuzz_target(${id} fuzz/fuzz_source.c ASH_FUZZ_SOURCE="${source}")
endforeach()

file(GLOB sources CONFIGURE_DEPENDS fuzz/fuzz_*.c)
list(FILTER sources EXCLUDE REGEX "/fuzz_source\\.c$")
foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME_WE)
  string(REPLACE "fuzz_" "" name "${name}")
  ash_fuzz_target(${name} "${source}")
endforeach()
