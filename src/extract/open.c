#include "extract/open.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static ash_readout outcome_of(int e)
{
    switch (e) {
    case ENOENT: return ASH_READOUT_GONE;
    case ELOOP:
    case ENOTDIR: return ASH_READOUT_LINK;
    case EACCES:
    case EPERM: return ASH_READOUT_REFUSED;
    default: return ASH_READOUT_UNREADABLE;
    }
}

/* First as a place only, which opens no device and waits for no writer of a pipe;
 * then, known to be a file, by that descriptor: nobody can swap it meanwhile. */
ash_readout ash_open_file(int folder, const char *name, int *ret_fd, struct stat *ret_st, bool *ret_touched)
{
    char self[40];
    struct stat st;
    int place = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0)
        return outcome_of(errno);
    if (fstat(place, &st) != 0 || !S_ISREG(st.st_mode)) {
        close(place);
        return S_ISLNK(st.st_mode) ? ASH_READOUT_LINK : ASH_READOUT_NOT_A_FILE;
    }
    snprintf(self, sizeof self, "/proc/self/fd/%d", place);
    int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
    int fd = open(self, flags | O_NOATIME);
    bool touched = fd < 0 && errno == EPERM; /* only the owner may ask for that */
    if (touched)
        fd = open(self, flags);
    ash_readout o = fd < 0 ? outcome_of(errno) : ASH_READOUT_OK;
    close(place);
    if (fd < 0)
        return o;
    *ret_fd = fd;
    if (ret_st != NULL)
        *ret_st = st;
    if (ret_touched != NULL)
        *ret_touched = touched;
    return ASH_READOUT_OK;
}
