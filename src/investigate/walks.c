/* Programs that copy or search walk a tree: when done with a folder they go on to
 * what is next to it. People jump between the folders of their work. A walk is the
 * longest chain of visits that begin soon after the one before has ended, in a folder
 * near it, without changing anything; visits of the owner at the same time stay
 * outside, since they overlap with it or lie elsewhere. */
#include <stdlib.h>

#include "investigate/visits.h"

/* A chain goes on within so long of the last access, ... */
#define PAUSE_CS 9000
/* ... times are rounded, ... */
#define SLACK_CS 100
/* ... and among so many visits that began before. */
#define LOOK_BACK 60u

typedef struct link {
    uint32_t length, before;
} link;

static bool is_next(const ash_terrain *t, const ash_visit *u, const ash_visit *v)
{
    unsigned up, down;
    int64_t pause = v->first_cs - u->last_cs;
    if (u->changes > 0 || u->place == v->place || u->machine != v->machine || pause < -SLACK_CS ||
        pause > PAUSE_CS)
        return false;
    ash_terrain_apart(t, u->place, v->place, &up, &down);
    return up + down <= 3 || (down <= 1 && up <= 4);
}

static void find_links(const ash_visits *v, const ash_terrain *t, link *links)
{
    for (uint32_t i = 0; i < v->n; i++) {
        links[i] = (link){.length = 1, .before = UINT32_MAX};
        if (v->v[i].changes > 0)
            continue;
        for (uint32_t k = i; k > 0 && i - k < LOOK_BACK; k--) {
            if (links[k - 1].length >= links[i].length && is_next(t, &v->v[k - 1], &v->v[i])) {
                links[i].length = links[k - 1].length + 1;
                links[i].before = k - 1;
            }
        }
    }
}

typedef struct end {
    uint32_t length, visit;
} end;

static int compare_ends(const void *a, const void *b)
{
    const end *x = a, *y = b;
    if (x->length != y->length)
        return x->length > y->length ? -1 : 1;
    return x->visit < y->visit ? -1 : x->visit > y->visit;
}

int ash_walks_find(ash_visits *v, const ash_map *m, ash_error *err)
{
    link *links = malloc((v->n + 1) * sizeof *links);
    end *ends = malloc((v->n + 1) * sizeof *ends);
    if (links == NULL || ends == NULL) {
        free(links);
        free(ends);
        return ash_fail(err, ASH_E_NOMEM, "investigate", "out of memory");
    }
    find_links(v, &m->places, links);
    for (uint32_t i = 0; i < v->n; i++) {
        v->v[i].walk = 1;
        ends[i] = (end){links[i].length, i};
    }
    qsort(ends, v->n, sizeof *ends, compare_ends);
    /* The longest first; a visit belongs to one walk. */
    for (size_t i = 0; i < v->n && ends[i].length > 1; i++)
        for (uint32_t k = ends[i].visit; k != UINT32_MAX && v->v[k].walk == 1; k = links[k].before)
            v->v[k].walk = ends[i].length;
    free(links);
    free(ends);
    return 0;
}
