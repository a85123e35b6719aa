/* Runs a target on the files of its corpus, without libFuzzer. Each is a test. */
#include <dirent.h>
#include <string.h>

#include "fuzz.h"

static uint8_t *read_file(const char *path, size_t *ret_n)
{
    FILE *f = fopen(path, "rb");
    if (f == NULL || fseek(f, 0, SEEK_END) != 0)
        return NULL;
    long n = ftell(f);
    rewind(f);
    /* Not a byte more: a sanitizer sees what is read beyond. */
    uint8_t *p = malloc(n > 0 ? (size_t)n : 1);
    if (n < 0 || p == NULL || fread(p, 1, (size_t)n, f) != (size_t)n) {
        free(p);
        p = NULL;
    }
    fclose(f);
    *ret_n = (size_t)n;
    return p;
}

static int visible(const struct dirent *d)
{
    return d->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    const char *dir = argc > 1 ? argv[1] : ASH_CORPUS_DIR;
    struct dirent **files;
    int n = scandir(dir, &files, visible, alphasort), bad = 0;
    if (n <= 0) {
        fprintf(stderr, "%s: no corpus\n", dir);
        return 1;
    }
    printf("1..%d\n", n);
    for (int i = 0; i < n; i++) {
        char path[4096];
        size_t size;
        snprintf(path, sizeof path, "%s/%s", dir, files[i]->d_name);
        uint8_t *bytes = read_file(path, &size);
        /* Said first, so that a crash has a name. */
        fprintf(stderr, "# %s\n", files[i]->d_name);
        if (bytes != NULL)
            LLVMFuzzerTestOneInput(bytes, size);
        bad += bytes == NULL;
        printf("%sok %d - %s\n", bytes == NULL ? "not " : "", i + 1, files[i]->d_name);
        fflush(stdout);
        free(bytes);
        free(files[i]);
    }
    free(files);
    return bad > 0;
}
