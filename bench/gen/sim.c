#include "sim.h"

#include "attack.h"
#include "changes.h"
#include "mem.h"
#include "service.h"
#include "user.h"

void world_disconnect(struct world *w, struct actor *a)
{
    for (uint32_t v = 0; v < w->tree.volume_count; v++)
        ash_smb_disconnect(&w->smb, &a->client, v);
}

static void note(void *user, ash_smb_noted what, ash_node n, const ash_file_state *f)
{
    static const enum grade grades[] = {
        [ASH_SMB_LISTED] = GRADE_LISTED, [ASH_SMB_READ_IT] = GRADE_READ, [ASH_SMB_DENIED] = GRADE_DENIED};
    struct world *w = user;
    if (f == NULL)
        truth_add_node(&w->truth, w->out.us, n, grades[what]);
    else
        truth_add_file(&w->truth, w->out.us, n.id, *f, grades[what]);
}

static bool put(void *user, const char *p, size_t n)
{
    return fwrite(p, 1, n, user) == n;
}

bool world_file_denied(const struct world *w, uint32_t folder, unsigned slot, unsigned dept)
{
    /* One file in 64 is for its own department only. */
    const ash_group *g = ash_sim_tree_group_of(&w->tree, (ash_node){ASH_NODE_FOLDER, folder});
    return g->dept != dept && ash_sim_tree_file_hash(&w->tree, folder, slot) % 64 == 0;
}

static void queue_init(ash_queue *q, struct world *w)
{
    q->items = mem_realloc(NULL, (size_t)w->opt->users + 3, sizeof *q->items);
    q->count = 0;
    for (uint32_t i = 0; i < w->opt->users; i++)
        q->items[q->count++] = &w->users[i].actor.due;
    for (unsigned i = 0; i < 2; i++)
        q->items[q->count++] = &w->services[i]->due;
    if (w->attacker != NULL)
        q->items[q->count++] = &w->attacker->due;
    ash_queue_order(q);
}

/* Lets a go on until somebody else is earlier. */
static void run_actor(struct world *w, struct actor *a, uint64_t limit)
{
    do {
        if (a->pend != NULL) {
            bool done = ash_spool_drain(&w->out, &a->pend, limit);
            a->due.us = done ? a->resume_us : a->pend->marks[a->pend->next].us;
            continue;
        }
        ash_spool_begin(&w->out, a->due.us, limit, &a->rng);
        a->step(w, a);
        a->pend = ash_spool_end(&w->out);
        if (a->resume_us <= w->out.us)
            a->resume_us = w->out.us + 1;
        a->due.us = a->pend != NULL ? a->pend->marks[0].us : a->resume_us;
    } while (a->due.us < limit && !w->out.full && !w->out.failed);
}

static void free_world(struct world *w, ash_queue *q)
{
    for (uint32_t i = 0; i < q->count; i++)
        ash_spool_pend_free(((struct actor *)q->items[i])->pend);
    free(q->items);
    free(w->users);
    services_free(w);
    attack_free(w);
    changes_free(&w->changes);
    truth_free(&w->truth);
    ash_smb_free(&w->smb);
    ash_sim_tree_free(&w->tree);
    free(w);
}

bool sim_run(const struct options *opt, FILE *out, FILE *truth)
{
    static const ash_sim_tree_shape shape = {.first_year = 2019, .years = 8, .min_files = 20,
                                         .max_files = 60, .min_sub = 5, .max_sub = 25};
    struct world *w = mem_realloc(NULL, 1, sizeof *w);
    ash_queue q;
    memset(w, 0, sizeof *w);
    w->opt = opt;
    w->end_us = opt->days != 0 ? opt->start_us + opt->days * ASH_US_PER_DAY : UINT64_MAX;
    if (!ash_sim_tree_init(&w->tree, opt->seed, &shape, opt->files, opt->servers) ||
        !ash_spool_init(&w->out, (ash_sink){put, NULL, out}, opt->format, opt->zone, ASH_LINE_CAP, opt->lines) ||
        !ash_smb_init(&w->smb, &w->tree, &w->out, opt->config)) {
        fprintf(stderr, "genlog: out of memory\n");
        exit(1);
    }
    w->smb.note = note;
    w->smb.user = w;
    users_init(w);
    services_init(w);
    attack_init(w);
    queue_init(&q, w);

    while (!w->out.full && !w->out.failed && q.items[0]->us < w->end_us) {
        run_actor(w, (struct actor *)q.items[0], ash_queue_second(&q, w->end_us - 1));
        ash_queue_settle(&q);
    }

    bool ok = ash_spool_finish(&w->out) && fflush(out) == 0;
    if (ok && truth != NULL && w->attacker != NULL) {
        const struct attacker *t = (const struct attacker *)w->attacker;
        ok = truth_write(&w->truth, &w->tree, t->account, t->client, w->out.last_us,
                         opt->config == ASH_SMB_OLD, truth);
    }
    free_world(w, &q);
    return ok;
}
