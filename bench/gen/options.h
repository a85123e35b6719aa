#ifndef GEN_OPTIONS_H
#define GEN_OPTIONS_H

#include "world.h"

enum parsed { PARSED_RUN, PARSED_HELP, PARSED_BAD };

/* PARSED_BAD: a message has been printed. */
enum parsed options_parse(int argc, char **argv, struct options *ret);
void options_help(FILE *f);

#endif
