/* Memory that is there or ends the program: a generator has nothing to rescue. */
#ifndef GEN_MEM_H
#define GEN_MEM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static inline void *mem_realloc(void *p, size_t count, size_t size)
{
    void *q = size != 0 && count > SIZE_MAX / size ? NULL : realloc(p, count * size);
    if (q == NULL) {
        fprintf(stderr, "genlog: out of memory\n");
        exit(1);
    }
    return q;
}

#endif
