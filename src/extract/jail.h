/* What a process gives up before it reads a hostile file: seccomp, landlock
 * where the kernel has it, resource limits. */
#ifndef ASH_EXTRACT_JAIL_H
#define ASH_EXTRACT_JAIL_H

#include <stdbool.h>
#include <stdint.h>

/* For a helper: may read, compute, and write to what is open; opens nothing,
 * starts nothing, reaches nobody. memory: bytes it may map beyond what it has.
 * False: the kernel refused a part without which it is no jail (seccomp). */
bool ash_jail_helper(uint64_t memory);

/* For a program that is started next (pdftotext): may read system files, writes
 * only to what is open, reaches no network, starts no other process. */
bool ash_jail_program(uint64_t memory, unsigned cpu_s, unsigned wall_s);

#endif
