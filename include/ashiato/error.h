/* Errors are values: a code for the program, a sentence for the person.
 *
 * Every function that can fail takes `ash_error *err` as its last argument and
 * returns 0 or a negative ash_code. `err` may be NULL. On failure `ret_`
 * outputs are untouched. An ash_error owns nothing and may be copied.
 */
#ifndef ASHIATO_ERROR_H
#define ASHIATO_ERROR_H

#include <stdint.h>

#define ASH_ERROR_MSG_MAX 512
#define ASH_ERROR_INPUT_MAX 256
#define ASH_NO_OFFSET UINT64_MAX

typedef enum ash_code {
    ASH_OK = 0,
    ASH_E_NOMEM = -1,       /* an allocation failed */
    ASH_E_IO = -2,          /* the operating system refused; os_errno says why */
    ASH_E_FORMAT = -3,      /* bytes that are not what they should be */
    ASH_E_LIMIT = -4,       /* a limit of base/limits.h was reached */
    ASH_E_USAGE = -5,       /* the caller or the user asked for something impossible */
    ASH_E_STATE = -6,       /* the case is not in the state the call needs */
    ASH_E_NOTFOUND = -7,    /* the named thing does not exist */
    ASH_E_CHANGED = -8,     /* evidence is not what it was when it was recorded */
    ASH_E_INTERRUPTED = -9, /* the user asked to stop */
    ASH_E_STORE = -10,      /* the embedded database reported an error */
} ash_code;

typedef struct ash_error {
    ash_code code;
    const char *component;           /* static string: "input", "store", ... */
    char input[ASH_ERROR_INPUT_MAX]; /* file or object, escaped; "" if none */
    uint64_t offset;                 /* byte offset in it, or ASH_NO_OFFSET */
    uint64_t line;                   /* 1-based line, or 0 */
    int os_errno;                    /* errno, or 0 */
    char msg[ASH_ERROR_MSG_MAX];     /* what happened and what to do next */
} ash_error;

#if defined(__GNUC__)
#define ASH_PRINTF(f, a) __attribute__((format(printf, f, a)))
#define ASH_MUST_USE __attribute__((warn_unused_result))
#else
#define ASH_PRINTF(f, a)
#define ASH_MUST_USE
#endif

/* Fills *err (when not NULL) and returns code, so that callers can write
 * `return ash_fail(err, ASH_E_IO, "input", ...)`. errno is captured for
 * ASH_E_IO. fmt is marked for translation by being here. Thread-safe. */
int ash_fail(ash_error *err, ash_code code, const char *component, const char *fmt, ...)
    ASH_PRINTF(4, 5);

/* As ash_fail, for an object with a name (escaped into err->input) and an
 * offset in it (ASH_NO_OFFSET if none). */
int ash_fail_at(ash_error *err, ash_code code, const char *component, const char *input,
                uint64_t offset, const char *fmt, ...) ASH_PRINTF(6, 7);

/* Writes "input:offset: msg: strerror" into buf, always NUL-terminated, and
 * returns buf. */
const char *ash_error_text(const ash_error *err, char *buf, unsigned long size);

#endif
