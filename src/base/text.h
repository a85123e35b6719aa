/* Text that came from a log is hostile: it is shown only through these. */
#ifndef ASH_BASE_TEXT_H
#define ASH_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"

/* Decodes one UTF-8 sequence (RFC 3629: shortest form, no surrogates, at most
 * U+10FFFF). Returns its length 1..4 and sets *ret_cp, or 0 if the bytes at p
 * do not begin one. n must be > 0. */
unsigned ash_utf8_decode(const char *p, size_t n, uint32_t *ret_cp);

/* Writes cp (a Unicode scalar value) into out, which needs 4 bytes; returns the length. */
unsigned ash_utf8_encode(uint32_t cp, char *out);

bool ash_utf8_valid(ash_view v);

/* True if v ends in the middle of a UTF-8 sequence, as a line does that was cut
 * at a size limit. */
bool ash_utf8_cut(ash_view v);

/* True for characters that must not reach a terminal or a page raw: C0, DEL,
 * C1, line and paragraph separators, bidirectional and invisible format
 * controls, non-characters. */
bool ash_char_is_unsafe(uint32_t cp);

/* Copies v into out, always NUL-terminated, with every unsafe character and
 * every byte that is not UTF-8 written as \xNN or \u{NNNN}; backslash stays as
 * it is (this form is for reading, not for parsing back). Cut at a character,
 * with "..." at the end, if it does not fit. Returns out. size must be > 8. */
char *ash_text_escape(char *out, size_t size, ash_view v);

/* Columns v takes on a terminal after ash_text_escape (East Asian wide
 * characters count two). Needs a UTF-8 LC_CTYPE. */
size_t ash_text_width(const char *escaped);

/* Copies v into out as valid UTF-8, each undecodable byte replaced by U+FFFD;
 * out needs 3 * v.n bytes. Returns the length. */
size_t ash_utf8_repair(char *out, ash_view v);

#endif
