/* People: who they are, when they work, what they do. */
#ifndef ASH_SIMULATE_PEOPLE_H
#define ASH_SIMULATE_PEOPLE_H

#include "simulate/world.h"

enum {
    ASH_HOMES = 24,       /* folders of a person's work */
    ASH_RECENT = 8,       /* files worked on lately */
    ASH_DAY_SESSIONS = 8, /* times at the PC in a day, at most */
    ASH_PUBLIC_DEPT = 11, /* everybody's folders */
    ASH_FINANCE_DEPT = 4,
    ASH_FACTORY_DEPT = 2, /* PCs at the line are shared */
};

typedef enum ash_person_phase {
    ASH_PERSON_AWAY,
    ASH_PERSON_WORK,
    ASH_PERSON_EDIT,
    ASH_PERSON_SAVE
} ash_person_phase;

typedef struct ash_place { /* a file */
    uint32_t folder;
    uint8_t slot;
} ash_place;

typedef struct ash_person {
    ash_sim_actor actor;   /* first */
    char desk[16], pc[24]; /* the own PC */
    uint8_t dept, server;
    bool shared_pc;
    bool wrong; /* an insider */
    /* habits */
    uint8_t remote_days;     /* bit per weekday: at home, through the VPN */
    uint16_t arrives, stays; /* minutes */
    uint16_t weekends;       /* of 10,000 free days, worked on */
    uint16_t slowness;       /* pauses; 256 is usual */
    uint8_t saves;           /* of 100 files opened, edited */
    bool lunch;
    /* staff changes: days; UINT32_MAX: never */
    uint32_t joins, leaves, moves;
    uint8_t next_dept;
    /* the day */
    uint32_t day;
    uint8_t session, sessions;
    struct {
        uint32_t from, to; /* seconds */
    } plan[ASH_DAY_SESSIONS];
    /* the work */
    ash_person_phase phase;
    uint8_t burst;            /* files still to be opened in this folder */
    uint32_t home[ASH_HOMES]; /* the first are used most */
    ash_place recent[ASH_RECENT];
    uint32_t cwd;
    ash_place saving;
    uint32_t temp;
} ash_person;

/* When the person's next time at the PC after now begins; plans days as needed. */
uint64_t ash_person_next(ash_sim *s, ash_person *p, uint64_t now_us);
/* When the present one ends. */
uint64_t ash_person_end(const ash_person *p);
uint32_t ash_person_group(const ash_person *p, unsigned dept);
/* A folder of the kind the person has to do with. */
uint32_t ash_person_find_folder(ash_sim *s, ash_person *p);

/* work.c: one step at the PC. */
void ash_person_work(ash_sim *s, ash_person *p);

/* At the own desk that day, by plan. */
bool ash_person_in_office(const ash_sim *s, const ash_person *p, uint32_t day);

/* At home: the VPN gives any address. */
void ash_person_vpn(const ash_person *p, uint64_t *rng, char client[16], char workstation[24]);

#define ASH_ANY_DEPT UINT32_MAX
/* Somebody of the department, not of a closed one, with a PC of the own, who is there all the
 * time; NULL: nobody is. */
ash_person *ash_people_pick(ash_sim *s, uint64_t *rng, unsigned dept);

#endif
