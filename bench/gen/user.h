/* Office people: who they are, when they work, what they do. */
#ifndef GEN_USER_H
#define GEN_USER_H

#include "world.h"

enum {
    HOME_FOLDERS = 24, /* a person's working set */
    RECENT_FILES = 8,
    MAX_SESSIONS = 8, /* a day */
};

enum user_phase { USER_START, USER_WORK, USER_SAVE };

struct session {
    uint32_t from, to; /* seconds in the day */
};

struct user {
    struct actor actor; /* first: the queue hands this pointer around */
    char account[28];
    char desk[16];     /* address of the own PC */
    char notebook[16]; /* address of the second one, used now and then */
    uint8_t dept, server;
    uint8_t phase, burst;
    uint16_t slowness; /* thinking time, 256 is normal */
    uint32_t day;
    uint8_t session, sessions;
    struct session plan[MAX_SESSIONS];
    uint32_t home[HOME_FOLDERS]; /* the first are visited most */
    struct change recent[RECENT_FILES];
    uint32_t cwd;
    struct change saving;
    uint32_t temp;
};

void users_init(struct world *w);

/* user_act.c: one step of somebody at work. */
void user_act(struct world *w, struct user *u);
void user_finish_save(struct world *w, struct user *u);
uint64_t user_think(struct user *u);
uint32_t user_group(const struct user *u, unsigned dept);
/* A folder the user may open, by habit of the department. */
uint32_t user_find_folder(struct world *w, struct user *u);

#endif
