/* A fuzz target is one file with LLVMFuzzerTestOneInput. It checks what must
 * hold on any input and aborts where it does not; memory errors and undefined
 * behaviour are the sanitizers' part. The same file, linked with corpus.c
 * instead of libFuzzer, is an ordinary test of the target's corpus. */
#ifndef ASH_FUZZ_H
#define ASH_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define MUST(condition)                                                              \
    do {                                                                             \
        if (!(condition)) {                                                          \
            fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__, __LINE__, #condition); \
            abort();                                                                 \
        }                                                                            \
    } while (0)

#endif
