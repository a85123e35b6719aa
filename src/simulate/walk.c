#include "simulate/walk.h"

void ash_walk_begin(ash_walk *w, uint32_t first, uint32_t until, unsigned dept, bool upper)
{
    *w = (ash_walk){.folder = first,
                    .until = until,
                    .project = UINT32_MAX,
                    .slot = ASH_SLOTS,
                    .dept = dept,
                    .upper = upper};
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
    if (w->folder >= w->until)
        return false;
    uint32_t project = s->tree.folders[w->folder].project;
    if (project != w->project && w->upper) {
        list_upper(s, a, w, project);
        if (!w->entered) { /* nothing of this project */
            while (w->folder < w->until && s->tree.folders[w->folder].project == project)
                w->folder++;
        }
        return true;
    }
    w->project = project;
    w->entered = ash_sim_may_enter(s, ash_sim_folder(w->folder), w->dept);
    if (w->entered) {
        ash_sim_do_node(s, a, ASH_DEED_LIST, ash_sim_folder(w->folder));
        w->slot = 0;
    }
    w->folder++;
    return true;
}

bool ash_walk_file(const ash_sim *s, ash_walk *w, uint32_t *ret_folder, unsigned *ret_slot)
{
    uint32_t folder = w->folder - 1;
    uint64_t left = w->slot < ASH_SLOTS ? s->tree.folders[folder].alive >> w->slot : 0;
    if (left == 0) {
        w->slot = ASH_SLOTS;
        return false;
    }
    *ret_folder = folder;
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
