# Manual pages (English and Japanese) and completions, printed by the program
# itself: they cannot say anything else than its option tables.
file(STRINGS src/cli/commands.def lines REGEX "^COMMAND")
list(TRANSFORM lines REPLACE "^COMMAND\\((.*)\\)$" "\\1")
set(ASH_DOCS "${CMAKE_BINARY_DIR}/docs")
set(outputs)

function(ash_print path) # what `ashiato help ARGS` prints
  get_filename_component(dir "${ASH_DOCS}/${path}" DIRECTORY)
  file(MAKE_DIRECTORY "${dir}")
  add_custom_command(
    OUTPUT "${ASH_DOCS}/${path}"
    COMMAND ashiato help ${ARGN} > "${ASH_DOCS}/${path}"
    DEPENDS ashiato ${ASH_CATALOGUES} VERBATIM)
  set(outputs ${outputs} "${ASH_DOCS}/${path}" PARENT_SCOPE)
endfunction()

foreach(lang IN ITEMS en ja)
  set(dir "man/${lang}/man1")
  if(lang STREQUAL "en")
    set(dir "man/man1")
  endif()
  ash_print("${dir}/ashiato.1" --man --lang ${lang})
  foreach(command IN LISTS lines)
    ash_print("${dir}/ashiato-${command}.1" --man --lang ${lang} ${command})
  endforeach()
endforeach()
ash_print(bash-completion/completions/ashiato --completion bash --lang en)
ash_print(zsh/site-functions/_ashiato --completion zsh --lang en)
ash_print(fish/vendor_completions.d/ashiato.fish --completion fish --lang en)
add_custom_target(docs ALL DEPENDS ${outputs})
add_dependencies(docs catalogues)
