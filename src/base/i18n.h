/* Translation: _() translates now, N_() only marks for the catalogue. */
#ifndef ASH_BASE_I18N_H
#define ASH_BASE_I18N_H

#include <libintl.h>
#include <stddef.h>

#define ASH_TEXT_DOMAIN "ashiato"
#define _(s) dgettext(ASH_TEXT_DOMAIN, s)
#define N_(s) s

/* "en", "ja"; NULL after the last. */
const char *ash_i18n_name(size_t i);

/* Chooses the language of messages: an explicit one ("en", "ja") or, when NULL,
 * the environment's. Works without the system having that locale generated.
 * Call once, before any thread. */
void ash_i18n_init(const char *lang);

/* "en" or "ja": what ash_i18n_init chose. */
const char *ash_i18n_language(void);

#endif
