/* genlog: a fast, deterministic generator of realistic Samba full_audit logs. */
#include "options.h"
#include "sim.h"

static FILE *open_output(const char *path)
{
    if (strcmp(path, "-") == 0)
        return stdout;
    FILE *f = fopen(path, "wb");
    if (f == NULL)
        fprintf(stderr, "genlog: cannot write %s\n", path);
    return f;
}

int main(int argc, char **argv)
{
    struct options opt;
    switch (options_parse(argc, argv, &opt)) {
    case PARSED_HELP:
        options_help(stdout);
        return 0;
    case PARSED_BAD:
        options_help(stderr);
        return 2;
    case PARSED_RUN:
        break;
    }
    FILE *out = open_output(opt.out_path);
    if (out == NULL)
        return 1;
    setvbuf(out, NULL, _IONBF, 0); /* out.c buffers; a second copy would only cost */
    FILE *truth = opt.truth_path != NULL ? open_output(opt.truth_path) : NULL;
    if (opt.truth_path != NULL && truth == NULL)
        return 1;
    bool ok = sim_run(&opt, out, truth);
    if (truth != NULL && truth != stdout && fclose(truth) != 0)
        ok = false;
    if (out != stdout && fclose(out) != 0)
        ok = false;
    if (!ok)
        fprintf(stderr, "genlog: the output is not complete\n");
    return ok ? 0 : 1;
}
