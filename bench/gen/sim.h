/* The run: everybody's steps in order of time. */
#ifndef GEN_SIM_H
#define GEN_SIM_H

#include "world.h"

/* Runs until the last day or line. False: the output could not be written. */
bool sim_run(const struct options *opt, FILE *out, FILE *truth);

#endif
