# Warnings are errors, with gcc and clang alike.
add_library(ash_flags INTERFACE)
target_compile_options(ash_flags INTERFACE
  -Wall -Wextra -Werror -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition
  -Wpointer-arith -Wcast-qual -Wwrite-strings -Wundef -Wformat=2 -Wno-format-nonliteral -Wvla
  -Wnull-dereference -Wdouble-promotion -Wswitch-enum -Wno-switch-enum
  -fstack-protector-strong -fno-common -fno-omit-frame-pointer)
if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(ash_flags INTERFACE -Wlogical-op -Wduplicated-cond -Wduplicated-branches
    -Wno-format-truncation)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(ash_flags INTERFACE -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
endif()
target_link_options(ash_flags INTERFACE -Wl,-z,relro -Wl,-z,now)
if(ASH_SANITIZE)
  target_compile_options(ash_flags INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all)
  target_link_options(ash_flags INTERFACE -fsanitize=address,undefined)
endif()
if(ASH_TSAN)
  target_compile_options(ash_flags INTERFACE -fsanitize=thread)
  target_link_options(ash_flags INTERFACE -fsanitize=thread)
endif()
if(ASH_FUZZ)
  target_compile_options(ash_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_compile_definitions(ash_flags INTERFACE ASH_FUZZ_LIMITS)
endif()
if(ASH_COVERAGE)
  target_compile_options(ash_flags INTERFACE --coverage)
  target_link_options(ash_flags INTERFACE --coverage)
endif()
