#include "extract/jail.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/limits.h"

#define N(a) (sizeof(a) / sizeof((a)[0]))

static void limit(int what, uint64_t n)
{
    struct rlimit r = {.rlim_cur = n, .rlim_max = n};
    if (setrlimit(what, &r) != 0)
        errno = 0; /* a tighter one is in force */
}

/* Bytes mapped now. */
static uint64_t mapped(void)
{
    unsigned long long pages = 0;
    FILE *f = fopen("/proc/self/statm", "re");
    if (f != NULL) {
        if (fscanf(f, "%llu", &pages) != 1)
            pages = 0;
        fclose(f);
    }
    return pages * (uint64_t)sysconf(_SC_PAGESIZE);
}

static void limit_memory(uint64_t n)
{
#if !defined(__SANITIZE_ADDRESS__)
    limit(RLIMIT_AS, mapped() + n);
#else
    (void)n;
    (void)mapped;
#endif
}

/* --- landlock (landlock(7)) --------------------------------------------------------- */

#define READ_ONLY (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
/* Of ABI 1; later ones have more, which seccomp and RLIMIT_FSIZE cover. */
#define ALL ((1ull << 13) - 1)

/* folders: may be read, NULL-terminated. Kernels without landlock leave seccomp. */
static void landlock(const char *const *folders)
{
    struct landlock_ruleset_attr attr = {.handled_access_fs = ALL};
    long set = syscall(SYS_landlock_create_ruleset, &attr, sizeof attr, 0);
    if (set < 0)
        return;
    for (; *folders != NULL; folders++) {
        struct landlock_path_beneath_attr rule = {.allowed_access = READ_ONLY};
        rule.parent_fd = open(*folders, O_PATH | O_CLOEXEC);
        if (rule.parent_fd < 0)
            continue;
        syscall(SYS_landlock_add_rule, set, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        close(rule.parent_fd);
    }
    syscall(SYS_landlock_restrict_self, set, 0);
    close((int)set);
}

/* --- seccomp ------------------------------------------------------------------------- */

static bool allow_all(scmp_filter_ctx c, const int *calls, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (seccomp_rule_add(c, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return true;
}

bool ash_jail_helper(uint64_t memory)
{
    static const int calls[] = {
        SCMP_SYS(read), SCMP_SYS(readv), SCMP_SYS(pread64), SCMP_SYS(preadv), SCMP_SYS(write),
        SCMP_SYS(writev), SCMP_SYS(pwrite64), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
        SCMP_SYS(close), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise), SCMP_SYS(brk),
        SCMP_SYS(futex), SCMP_SYS(memfd_create), SCMP_SYS(ftruncate), SCMP_SYS(fcntl), SCMP_SYS(dup),
        SCMP_SYS(fsync), SCMP_SYS(recvmsg), SCMP_SYS(sendmsg), SCMP_SYS(poll), SCMP_SYS(ppoll),
        SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(gettimeofday), SCMP_SYS(getpid),
        SCMP_SYS(gettid), SCMP_SYS(tgkill), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn), SCMP_SYS(sigaltstack), SCMP_SYS(exit), SCMP_SYS(exit_group),
        SCMP_SYS(getrandom), SCMP_SYS(sched_yield), SCMP_SYS(sched_getaffinity), SCMP_SYS(uname),
        SCMP_SYS(sysinfo), SCMP_SYS(getrusage), SCMP_SYS(restart_syscall), SCMP_SYS(rseq),
    };
    static const char *const none[] = {NULL};
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, ASH_EXTRACT_SPOOL_MAX);
    limit(RLIMIT_NOFILE, 64);
    limit_memory(memory);
    prctl(PR_SET_DUMPABLE, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    landlock(none);
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    bool ok = c != NULL && allow_all(c, calls, N(calls));
    /* Memory, but none that can be executed. */
    ok = ok && seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    ok = ok && seccomp_rule_add(c, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                                SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
    ok = ok && seccomp_load(c) == 0;
    if (c != NULL)
        seccomp_release(c);
    return ok;
}

bool ash_jail_program(uint64_t memory, unsigned cpu_s, unsigned wall_s)
{
    static const int calls[] = {
        SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind), SCMP_SYS(listen),
        SCMP_SYS(accept), SCMP_SYS(accept4), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(sendmmsg),
        SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3), SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(kill), SCMP_SYS(tkill),
        SCMP_SYS(pidfd_send_signal), SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(unshare), SCMP_SYS(setns),
        SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(keyctl), SCMP_SYS(add_key), SCMP_SYS(io_uring_setup),
        SCMP_SYS(unlink), SCMP_SYS(unlinkat), SCMP_SYS(rename), SCMP_SYS(renameat), SCMP_SYS(renameat2),
        SCMP_SYS(mkdir), SCMP_SYS(mkdirat), SCMP_SYS(link), SCMP_SYS(linkat), SCMP_SYS(symlink),
        SCMP_SYS(symlinkat), SCMP_SYS(chmod), SCMP_SYS(fchmod), SCMP_SYS(fchmodat), SCMP_SYS(chown),
        SCMP_SYS(fchown), SCMP_SYS(lchown), SCMP_SYS(fchownat), SCMP_SYS(truncate), SCMP_SYS(utimensat),
        SCMP_SYS(setxattr), SCMP_SYS(fsetxattr), SCMP_SYS(lsetxattr), SCMP_SYS(userfaultfd),
    };
    static const char *const system[] = {"/usr", "/lib", "/lib64", "/bin", "/etc", NULL};
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);
    limit(RLIMIT_NOFILE, 64);
    limit(RLIMIT_CPU, cpu_s);
#if !defined(__SANITIZE_ADDRESS__)
    limit(RLIMIT_AS, memory);
#else
    (void)memory;
#endif
    alarm(wall_s);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    landlock(system);
    scmp_filter_ctx c = seccomp_init(SCMP_ACT_ALLOW);
    bool ok = c != NULL;
    for (size_t i = 0; ok && i < N(calls); i++)
        ok = seccomp_rule_add(c, SCMP_ACT_ERRNO(EPERM), calls[i], 0) == 0;
    ok = ok && seccomp_load(c) == 0;
    if (c != NULL)
        seccomp_release(c);
    return ok;
}
