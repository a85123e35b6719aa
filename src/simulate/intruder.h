/* What intruders have in common: an account that is somebody's, folders they are after, and a
 * style, so that no two work alike. */
#ifndef ASH_SIMULATE_INTRUDER_H
#define ASH_SIMULATE_INTRUDER_H

#include "simulate/people.h"
#include "simulate/walk.h"

enum { ASH_TARGETS = 3 };

typedef enum ash_origin { ASH_FROM_FOREIGN, ASH_FROM_VPN, ASH_FROM_OWN_PC } ash_origin;
typedef enum ash_hours { ASH_AT_NIGHT, ASH_AT_OFFICE_HOURS, ASH_AT_ANY_TIME } ash_hours;
typedef enum ash_tool {
    ASH_TOOL_LISTS, /* lists a folder, then takes from it */
    ASH_TOOL_KNOWS, /* reads without listing: it has the names */
    ASH_TOOL_OPENS, /* scans by opening files, without listing or reading */
} ash_tool;

/* Per cent of the seeds; the rest is the first of each. Pauses: per cent of the usual. */
typedef struct ash_style_odds {
    uint8_t vpn, own_pc, office, any_time, backward, shuffled, knows, opens;
    uint16_t pace_lo, pace_hi;
} ash_style_odds;

typedef struct ash_intruder {
    ash_sim_actor actor; /* first */
    ash_person *victim;  /* whose account it is */
    ash_origin origin;
    ash_hours hours;
    ash_walk_order order;
    ash_tool tool;
    unsigned pace;
    uint32_t day; /* being planned or worked on */
    uint32_t last_day;
    unsigned phase;                /* of the scenario; 0 first */
    uint32_t targets[ASH_TARGETS]; /* groups */
    unsigned left, here;           /* files: of this visit, of this folder */
    uint32_t folder;
    unsigned method;           /* ransomware's */
    uint32_t seen_lo, seen_hi; /* folders listed by a scan */
    ash_walk walk;
} ash_intruder;

/* An intruder with somebody's account, with a style, at its machine; NULL: no memory, or
 * nobody fits. `which`: each has a random stream of its own. */
ash_intruder *ash_intruder_add(ash_sim *s, unsigned which, ash_sim_step *step,
                               const ash_style_odds *odds);
/* Another machine of the same origin: VPN addresses change, and so do operators. */
void ash_intruder_move(ash_intruder *t);

/* A day between two per cent of the whole. */
uint32_t ash_intruder_day(const ash_sim *s, ash_intruder *t, unsigned lo, unsigned hi);
/* A time of t->day, by t->hours. */
uint64_t ash_intruder_time(ash_intruder *t);
/* Ends the step: goes on after a pause in milliseconds, by t->pace. */
void ash_intruder_wait(const ash_sim *s, ash_intruder *t, uint32_t lo, uint32_t hi);

/* Somebody looking for something: lists a folder, or not, reads some files of it. One step;
 * t->left counts down. False: it is 0. */
bool ash_intruder_browse(ash_sim *s, ash_intruder *t);

/* A scan of a part of all folders, by t->tool and t->order; one step; false: done. */
void ash_intruder_begin_scan(ash_sim *s, ash_intruder *t, unsigned percent_lo, unsigned percent_hi);
bool ash_intruder_scan(ash_sim *s, ash_intruder *t);
/* Then reads files of a stretch of them; false: done. */
void ash_intruder_begin_taking(ash_sim *s, ash_intruder *t);
bool ash_intruder_take(ash_sim *s, ash_intruder *t);

#endif
