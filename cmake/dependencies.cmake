# Debian packages by pkg-config; DuckDB from build/deps (tools/fetch-duckdb).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ASH_PKGS REQUIRED IMPORTED_TARGET
  libarchive zlib libcrypto libsodium libxxhash jansson sqlite3 libzstd expat libdeflate libcurl)
set(ASH_DUCKDB_DIR "${CMAKE_SOURCE_DIR}/build/deps/duckdb" CACHE PATH "libduckdb.so and duckdb.h")
if(NOT EXISTS "${ASH_DUCKDB_DIR}/libduckdb.so")
  message(FATAL_ERROR "DuckDB is not in ${ASH_DUCKDB_DIR}: run tools/fetch-duckdb")
endif()
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION "${ASH_DUCKDB_DIR}/libduckdb.so"
  IMPORTED_NO_SONAME TRUE
  INTERFACE_INCLUDE_DIRECTORIES "${ASH_DUCKDB_DIR}")
add_library(ash_deps INTERFACE)
target_link_libraries(ash_deps INTERFACE PkgConfig::ASH_PKGS duckdb Threads::Threads m)
