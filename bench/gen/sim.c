#include "sim.h"

#include "attack.h"
#include "changes.h"
#include "mem.h"
#include "ops.h"
#include "service.h"
#include "user.h"

struct queue { /* binary heap, earliest first */
    struct actor **items;
    uint32_t count;
};

void actor_set_who(struct actor *a, const char *account, const char *client,
                   const char *workstation)
{
    int n = snprintf(a->who, sizeof a->who, "%s|%s|%s|", account, client, workstation);
    a->who_len = (uint8_t)(n < (int)sizeof a->who ? n : (int)sizeof a->who - 1);
}

bool world_file_denied(const struct world *w, uint32_t folder, unsigned slot, unsigned dept)
{
    /* One file in 64 is for its own department only. */
    const struct group *g = tree_group_of(&w->tree, (struct node){NODE_FOLDER, folder});
    return g->dept != dept && tree_file_hash(&w->tree, folder, slot) % 64 == 0;
}

static bool earlier(const struct actor *a, const struct actor *b)
{
    if (a->next_us != b->next_us)
        return a->next_us < b->next_us;
    return a->order < b->order;
}

static void sift_down(struct queue *q, uint32_t at)
{
    struct actor *a = q->items[at];
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= q->count)
            break;
        if (child + 1 < q->count && earlier(q->items[child + 1], q->items[child]))
            child++;
        if (!earlier(q->items[child], a))
            break;
        q->items[at] = q->items[child];
        at = child;
    }
    q->items[at] = a;
}

static void queue_init(struct queue *q, struct world *w)
{
    q->items = mem_realloc(NULL, (size_t)w->opt->users + 3, sizeof *q->items);
    q->count = 0;
    for (uint32_t i = 0; i < w->opt->users; i++)
        q->items[q->count++] = &w->users[i].actor;
    for (unsigned i = 0; i < 2; i++)
        q->items[q->count++] = w->services[i];
    if (w->attacker != NULL)
        q->items[q->count++] = w->attacker;
    for (uint32_t i = q->count / 2; i-- > 0;)
        sift_down(q, i);
}

/* The time of whoever comes after the first. */
static uint64_t second_time(const struct queue *q, uint64_t end_us)
{
    uint64_t t = end_us - 1;
    for (uint32_t i = 1; i <= 2 && i < q->count; i++)
        if (q->items[i]->next_us < t)
            t = q->items[i]->next_us;
    return t;
}

/* Lets a go on until somebody else is earlier. */
static void run_actor(struct world *w, struct actor *a, uint64_t limit)
{
    do {
        if (a->pend != NULL) {
            bool done = out_drain(&w->out, &a->pend, limit);
            a->next_us = done ? a->resume_us : a->pend->marks[a->pend->next].us;
            continue;
        }
        out_begin(&w->out, a->next_us, limit, &a->rng);
        a->step(w, a);
        a->pend = out_end(&w->out);
        if (a->resume_us <= w->out.us)
            a->resume_us = w->out.us + 1;
        a->next_us = a->pend != NULL ? a->pend->marks[0].us : a->resume_us;
    } while (a->next_us < limit && !w->out.full && !w->out.failed);
}

static void free_world(struct world *w, struct queue *q)
{
    for (uint32_t i = 0; i < q->count; i++)
        out_pend_free(q->items[i]->pend);
    free(q->items);
    free(w->users);
    services_free(w);
    attack_free(w);
    changes_free(&w->changes);
    truth_free(&w->truth);
    scripts_free(&w->scripts);
    tree_free(&w->tree);
    free(w);
}

bool sim_run(const struct options *opt, FILE *out, FILE *truth)
{
    struct world *w = mem_realloc(NULL, 1, sizeof *w);
    struct queue q;
    memset(w, 0, sizeof *w);
    w->opt = opt;
    w->end_us = opt->days != 0 ? opt->start_us + opt->days * US_PER_DAY : UINT64_MAX;
    tree_init(&w->tree, opt->seed, opt->files, opt->servers);
    scripts_init(&w->scripts, opt->config);
    op_init(w);
    out_init(&w->out, out, opt->format, opt->zone, opt->lines);
    users_init(w);
    services_init(w);
    attack_init(w);
    queue_init(&q, w);

    while (!w->out.full && !w->out.failed && q.items[0]->next_us < w->end_us) {
        run_actor(w, q.items[0], second_time(&q, w->end_us));
        sift_down(&q, 0);
    }

    bool ok = out_finish(&w->out);
    if (ok && truth != NULL && w->attacker != NULL) {
        const struct attacker *t = (const struct attacker *)w->attacker;
        ok = truth_write(&w->truth, &w->tree, t->account, t->client, w->out.last_us,
                         opt->config == CFG_OLD, truth);
    }
    free_world(w, &q);
    return ok;
}
