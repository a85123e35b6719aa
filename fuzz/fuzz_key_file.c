/* The file with the key that seals cases: read, or refused with a message. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "fuzz.h"
#include "ledger/key.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char dir[] = "/tmp/ashiato-fuzz-XXXXXX", path[64];
    ash_key k;
    ash_error err;
    if (path[0] == '\0') {
        MUST(mkdtemp(dir) != NULL);
        snprintf(path, sizeof path, "%s/ledger.key", dir);
    }
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
    /* Without a passphrase: to try one takes a second. */
    int rc = ash_key_load(&k, path, NULL, &err);
    if (rc == 0) {
        static const char text[] = "signed";
        uint8_t signature[ASH_SIGNATURE_SIZE];
        ash_key_sign(&k, ash_view_z(text), signature);
        MUST(ash_key_check(k.public_key, ash_view_z(text), signature));
        ash_key_wipe(&k);
    } else {
        MUST(err.msg[0] != '\0');
    }
    uint8_t public_key[ASH_PUBLIC_KEY_SIZE];
    rc = ash_key_read_public(path, public_key, &err);
    MUST(rc == 0 || err.msg[0] != '\0');
    unlink(path);
    return 0;
}
