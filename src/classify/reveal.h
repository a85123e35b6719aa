/* Masked samples of what is found in one file, for a person who asks to see them. A helper
 * masks (ash_mask), so that no value as a whole ever leaves it. */
#ifndef ASH_CLASSIFY_REVEAL_H
#define ASH_CLASSIFY_REVEAL_H

#include "classify/rules.h"
#include "extract/extract.h"

/* `shared` and `setup` as of ash_classify_use (classify/use.h). */
extern const ash_text_use ash_reveal_use;

/* One sample; views are valid during the call, and no more to be trusted than the file. */
typedef struct ash_sample {
    uint32_t id; /* ash_rules_class */
    ash_confidence confidence;
    ash_view part; /* sheet, page, member; "" for none */
    uint64_t line; /* within it, from 1 */
    ash_view masked;
} ash_sample;

/* Reads what ash_reveal_use wrote: the first ASH_REVEALED_MAX of each class, as they stand in the
 * file. ASH_E_FORMAT: the bytes are damaged. */
int ash_samples_read(ash_view found, const ash_rules *rules, void (*each)(void *user, const ash_sample *s),
                     void *user, ash_error *err) ASH_MUST_USE;

#endif
