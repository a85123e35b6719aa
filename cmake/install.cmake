# bin/ashiato, lib/ashiato/libduckdb.so, share/{locale,man,bash-completion,zsh,fish}.
install(TARGETS ashiato RUNTIME DESTINATION bin)
install(FILES "${ASH_DUCKDB_DIR}/libduckdb.so" DESTINATION lib/ashiato)
install(DIRECTORY "${CMAKE_BINARY_DIR}/locale/" DESTINATION share/locale)
install(DIRECTORY "${CMAKE_BINARY_DIR}/docs/" DESTINATION share)
