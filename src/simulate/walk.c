#include "simulate/walk.h"

void ash_walk_begin(ash_walk *w, uint32_t first, uint32_t until, unsigned dept, bool upper)
{
    *w = (ash_walk){.first = first,
                    .until = until,
                    .folder = ASH_NO_FOLDER,
                    .project = UINT32_MAX,
                    .slot = ASH_SLOTS,
                    .dept = dept,
                    .upper = upper};
}

void ash_walk_set_order(ash_walk *w, ash_walk_order order)
{
    uint32_t n = w->until - w->first;
    w->order = order;
    w->stride = 1;
    for (uint32_t try = (uint32_t)((uint64_t)n * 618 / 1000) + 1;
         order == ASH_WALK_SHUFFLED && try > 1; try--) {
        uint32_t a = n, b = try;
        while (b != 0) { /* Euclid */
            uint32_t rest = a % b;
            a = b;
            b = rest;
        }
        if (a == 1) {
            w->stride = try;
            break;
        }
    }
}

/* The folder at the next position; ASH_NO_FOLDER: the end. */
static uint32_t ahead(const ash_walk *w)
{
    uint32_t n = w->until - w->first;
    if (w->next >= n)
        return ASH_NO_FOLDER;
    switch (w->order) {
    case ASH_WALK_BACKWARD: return w->until - 1 - w->next;
    case ASH_WALK_SHUFFLED: return w->first + (uint32_t)((uint64_t)w->next * w->stride % n);
    case ASH_WALK_FORWARD: break;
    }
    return w->first + w->next;
}

static uint64_t files_left(const ash_sim *s, const ash_walk *w)
{
    return w->slot < ASH_SLOTS ? s->tree.folders[w->folder].alive >> w->slot : 0;
}

uint32_t ash_walk_here(const ash_sim *s, const ash_walk *w)
{
    return files_left(s, w) != 0 ? w->folder : ahead(w);
}

/* The listings above a folder of another project. */
static void list_upper(ash_sim *s, ash_sim_actor *a, ash_walk *w, uint32_t project)
{
    uint32_t group = s->tree.projects[project].group;
    bool same_group = w->project != UINT32_MAX && s->tree.projects[w->project].group == group;
    ash_node g = {ASH_NODE_GROUP, group};
    w->project = project;
    w->entered = ash_sim_may_enter(s, g, w->dept);
    if (!same_group)
        ash_sim_try_list(s, a, g, w->dept);
    if (w->entered)
        ash_sim_do_node(s, a, ASH_DEED_LIST, (ash_node){ASH_NODE_PROJECT, project});
}

bool ash_walk_list(ash_sim *s, ash_sim_actor *a, ash_walk *w)
{
    w->slot = ASH_SLOTS;
    uint32_t folder = ahead(w);
    if (folder == ASH_NO_FOLDER)
        return false;
    uint32_t project = s->tree.folders[folder].project;
    if (project != w->project && w->upper && !w->silent) {
        list_upper(s, a, w, project);
        if (!w->entered) { /* nothing of this project */
            while (ahead(w) != ASH_NO_FOLDER && s->tree.folders[ahead(w)].project == project)
                w->next++;
        }
        return true;
    }
    w->project = project;
    w->entered = ash_sim_may_enter(s, ash_sim_folder(folder), w->dept);
    w->folder = folder;
    w->next++;
    if (!w->entered)
        return true;
    if (!w->silent)
        ash_sim_do_node(s, a, ASH_DEED_LIST, ash_sim_folder(folder));
    w->slot = 0;
    return true;
}

bool ash_walk_file(const ash_sim *s, ash_walk *w, uint32_t *ret_folder, unsigned *ret_slot)
{
    uint64_t left = files_left(s, w);
    if (left == 0) {
        w->slot = ASH_SLOTS;
        return false;
    }
    *ret_folder = w->folder;
    *ret_slot = w->slot + (unsigned)__builtin_ctzll(left);
    w->slot = *ret_slot + 1;
    return true;
}

bool ash_walk_read(ash_sim *s, ash_sim_actor *a, ash_walk *w)
{
    uint32_t folder;
    unsigned slot;
    if (!ash_walk_file(s, w, &folder, &slot))
        return ash_walk_list(s, a, w);
    ash_sim_try_read(s, a, folder, slot, w->dept);
    return true;
}
