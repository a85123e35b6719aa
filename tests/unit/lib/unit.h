/* What every unit test includes: cmocka wants these headers in front of it. */
#ifndef ASH_TESTS_UNIT_H
#define ASH_TESTS_UNIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ashiato/error.h"
#include "base/view.h"

/* 1 under a sanitizer: large tests do less there. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOW 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SLOW 1
#endif
#endif
#ifndef SLOW
#define SLOW 0
#endif

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* An expression that returns 0 or a negative code and takes `&err`. */
#define ASSERT_OK(call)                                                  \
    do {                                                                 \
        int rc_ = (call);                                                \
        if (rc_ != 0)                                                    \
            fail_msg("%s: %d: %s", #call, rc_, rc_ < 0 ? err.msg : "");  \
    } while (0)

void expect_view(ash_view got, const char *expected);
#define EXPECT_VIEW(got, expected) expect_view(got, expected)

/* xorshift64*: the same numbers on every machine. */
typedef struct rng {
    uint64_t s;
} rng;
uint64_t rng_next(rng *r);
uint32_t rng_below(rng *r, uint32_t n);

/* A temporary folder, removed with what is in it. */
char *temp_dir_make(void);
void temp_dir_remove(char *dir);
/* "DIR/NAME" in a static buffer, of which there are eight. */
const char *temp_path(const char *dir, const char *name);
void write_file(const char *path, const void *p, size_t n);
/* The whole file, NUL-terminated; caller frees. */
char *read_file(const char *path, size_t *ret_n);
/* Runs a shell command and fails the test if it fails. */
void shell(const char *fmt, ...) ASH_PRINTF(1, 2);

#endif
