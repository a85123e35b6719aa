#include "service.h"

#include "changes.h"
#include "mem.h"
#include "simulate/smb.h"

enum { BACKUP_PARTS = 14 }; /* every folder is looked at once in two weeks */

enum phase { SLEEP, LIST, READ };

struct service {
    struct actor actor; /* first */
    enum phase phase;
    bool backup;
    uint32_t cursor, until; /* folders to list */
    uint32_t project, group; /* whose listing is done */
    uint32_t folder;
    struct change *files; /* what changed, sorted, each once */
    size_t count, at;
};

static uint64_t next_hour(const struct service *s, uint64_t now_us)
{
    static const unsigned index_hours[] = {9, 12, 15, 18, 21};
    static const unsigned backup_hours[] = {2};
    const unsigned *hours = s->backup ? backup_hours : index_hours;
    size_t count = s->backup ? 1 : 5;
    for (uint64_t day = now_us / ASH_US_PER_DAY;; day++) {
        for (size_t i = 0; i < count; i++) {
            uint64_t at = day * ASH_US_PER_DAY + hours[i] * 3600 * ASH_US_PER_SEC;
            if (at > now_us)
                return at;
        }
    }
}

static void sleep_on(struct service *s, uint64_t now_us)
{
    s->phase = SLEEP;
    s->actor.resume_us = next_hour(s, now_us) + wait_ms(&s->actor.rng, 300, 9000);
}

static int compare(const void *pa, const void *pb)
{
    const struct change *a = pa, *b = pb;
    if (a->folder != b->folder)
        return a->folder < b->folder ? -1 : 1;
    return (int)a->slot - (int)b->slot;
}

static void take_changes(struct world *w, struct service *s)
{
    struct changes *c = &w->changes;
    size_t *from = s->backup ? &c->backed_up : &c->indexed;
    size_t n = c->count - *from;
    s->count = s->at = 0;
    if (n == 0)
        return;
    s->files = mem_realloc(s->files, n, sizeof *s->files);
    memcpy(s->files, c->items + *from, n * sizeof *s->files);
    *from = c->count;
    changes_trim(c);
    qsort(s->files, n, sizeof *s->files, compare);
    for (size_t i = 0; i < n; i++)
        if (i == 0 || compare(&s->files[i], &s->files[s->count - 1]) != 0)
            s->files[s->count++] = s->files[i];
}

static void wake(struct world *w, struct service *s)
{
    struct actor *a = &s->actor;
    uint64_t day = a->due.us / ASH_US_PER_DAY;
    s->project = s->group = s->folder = UINT32_MAX;
    take_changes(w, s);
    s->cursor = s->until = 0;
    if (s->backup) {
        uint64_t n = w->tree.folder_count;
        s->cursor = (uint32_t)(n * (day % BACKUP_PARTS) / BACKUP_PARTS);
        s->until = (uint32_t)(n * (day % BACKUP_PARTS + 1) / BACKUP_PARTS);
    }
    ash_smb_connect(&w->smb, &a->client, 0);
    if (s->backup)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_VOLUME, 0}, false);
    s->phase = LIST;
    a->resume_us = w->out.us + wait_ms(&a->rng, 1, 30);
}

/* One folder per step, and what is above it when that is new. */
static void list_step(struct world *w, struct service *s)
{
    struct actor *a = &s->actor;
    if (s->cursor >= s->until) {
        s->phase = READ;
        a->resume_us = w->out.us + wait_ms(&a->rng, 1, 900);
        return;
    }
    uint32_t project = w->tree.folders[s->cursor].project;
    uint32_t group = w->tree.projects[project].group;
    if (group != s->group)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_GROUP, group}, false);
    if (project != s->project)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_PROJECT, project}, false);
    s->group = group;
    s->project = project;
    ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_FOLDER, s->cursor++}, false);
    a->resume_us = w->out.us + ash_rng_range(&a->rng, 150, 900);
}

static void read_step(struct world *w, struct service *s)
{
    struct actor *a = &s->actor;
    if (s->at >= s->count) {
        world_disconnect(w, a);
        sleep_on(s, w->out.us);
        return;
    }
    struct change c = s->files[s->at++];
    if (!s->backup && c.folder != s->folder)
        ash_smb_list(&w->smb, &a->client, (ash_node){ASH_NODE_FOLDER, c.folder}, false);
    s->folder = c.folder;
    if (w->tree.folders[c.folder].alive >> c.slot & 1)
        ash_smb_read(&w->smb, &a->client, c.folder, ash_sim_tree_file(&w->tree, c.folder, c.slot), s->backup);
    a->resume_us = w->out.us + ash_rng_range(&a->rng, 300, 9000);
}

static void service_step(struct world *w, struct actor *a)
{
    struct service *s = (struct service *)a;
    if (s->phase == SLEEP)
        wake(w, s);
    else if (s->phase == LIST)
        list_step(w, s);
    else
        read_step(w, s);
}

void services_init(struct world *w)
{
    for (unsigned i = 0; i < 2; i++) {
        struct service *s = mem_realloc(NULL, 1, sizeof *s);
        *s = (struct service){
            .actor = {.step = service_step, .due.order = UINT32_MAX - 1 - i, .client.backup_share = i == 0},
            .backup = i == 0,
        };
        s->actor.rng = ash_mix64(w->opt->seed * 1000003 + 0xb0000000 + i);
        if (s->backup)
            ash_smb_set_who(&s->actor.client, "svc_backup", "10.10.0.40", "bkup01");
        else
            ash_smb_set_who(&s->actor.client, "svc_index", "10.10.0.41", "srch01");
        sleep_on(s, w->opt->start_us);
        s->actor.due.us = s->actor.resume_us;
        w->services[i] = &s->actor;
    }
}

void services_free(struct world *w)
{
    for (unsigned i = 0; i < 2; i++) {
        struct service *s = (struct service *)w->services[i];
        if (s != NULL)
            free(s->files);
        free(s);
        w->services[i] = NULL;
    }
}
