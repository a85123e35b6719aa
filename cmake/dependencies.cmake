# Debian packages by pkg-config; DuckDB from build/deps (tools/fetch-duckdb).
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
pkg_check_modules(ASH_PKGS REQUIRED IMPORTED_TARGET
  libarchive zlib libcrypto libsodium libxxhash jansson sqlite3 libzstd expat libdeflate libcurl
  icu-uc uchardet libgsf-1 gmime-3.0 libxml-2.0 libseccomp libhs yaml-0.1)
set(ASH_DUCKDB_DIR "${CMAKE_SOURCE_DIR}/build/deps/duckdb" CACHE PATH "libduckdb.so and duckdb.h")
if(NOT EXISTS "${ASH_DUCKDB_DIR}/libduckdb.so")
  message(FATAL_ERROR "DuckDB is not in ${ASH_DUCKDB_DIR}: run tools/fetch-duckdb")
endif()
find_file(ASH_IPADIC_NAMES Noun.name.csv REQUIRED
  PATHS /usr/share/mecab/dic/ipadic NO_DEFAULT_PATH
  DOC "IPADIC's list of names (package mecab-ipadic), for src/classify/names.c")
add_library(duckdb SHARED IMPORTED)
set_target_properties(duckdb PROPERTIES
  IMPORTED_LOCATION "${ASH_DUCKDB_DIR}/libduckdb.so"
  IMPORTED_NO_SONAME TRUE
  INTERFACE_INCLUDE_DIRECTORIES "${ASH_DUCKDB_DIR}")
add_library(ash_deps INTERFACE)
target_link_libraries(ash_deps INTERFACE PkgConfig::ASH_PKGS duckdb Threads::Threads m)
