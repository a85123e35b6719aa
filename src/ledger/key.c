#include "ledger/key.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/io.h"

#define MAGIC "ashiato-key 1"
#define FILE_MAX 4096
#define BOX_SIZE (crypto_secretbox_MACBYTES + crypto_sign_SEEDBYTES)
/* What a key file may ask of this machine: 64 passes, 1 GiB. */
#define OPS_MAX 64u
#define MEMORY_MAX (1u << 30)

const char *ash_key_id(const uint8_t public_key[ASH_PUBLIC_KEY_SIZE], char buf[ASH_KEY_ID_SIZE])
{
    uint8_t digest[crypto_hash_sha256_BYTES];
    crypto_hash_sha256(digest, public_key, ASH_PUBLIC_KEY_SIZE);
    return ash_hex(buf, digest, (ASH_KEY_ID_SIZE - 1) / 2);
}

void ash_key_sign(const ash_key *k, ash_view text, uint8_t out[ASH_SIGNATURE_SIZE])
{
    crypto_sign_detached(out, NULL, (const unsigned char *)text.p, text.n, k->secret);
}

bool ash_key_check(const uint8_t public_key[ASH_PUBLIC_KEY_SIZE], ash_view text,
                   const uint8_t signature[ASH_SIGNATURE_SIZE])
{
    return crypto_sign_verify_detached(signature, (const unsigned char *)text.p, text.n,
                                       public_key) == 0;
}

void ash_key_wipe(ash_key *k)
{
    sodium_memzero(k, sizeof *k);
}

/* --- places ------------------------------------------------------------- */

int ash_key_path(const char *given, char *buf, size_t size, ash_error *err)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    const struct passwd *pw = NULL;
    if (given == NULL)
        given = getenv("ASHIATO_KEY");
    if (home == NULL || home[0] != '/')
        home = (pw = getpwuid(geteuid())) == NULL ? NULL : pw->pw_dir;
    int n = -1;
    if (given != NULL && given[0] != '\0')
        n = snprintf(buf, size, "%s", given);
    else if (config != NULL && config[0] == '/')
        n = snprintf(buf, size, "%s/ashiato/keys/ledger.key", config);
    else if (home != NULL && home[0] == '/')
        n = snprintf(buf, size, "%s/.config/ashiato/keys/ledger.key", home);
    if (n <= 0 || (size_t)n >= size)
        return ash_fail(err, ASH_E_NOTFOUND, "ledger",
                        "there is no place for the key that seals cases: give a file with --key or "
                        "ASHIATO_KEY");
    return 0;
}

/* The folder of a file's name, into dir. */
static const char *folder_of(const char *path, char dir[4096])
{
    snprintf(dir, 4096, "%s", path);
    char *slash = strrchr(dir, '/');
    if (slash == NULL)
        return ".";
    slash[slash == dir] = '\0';
    return dir;
}

static bool is_own(const struct stat *st)
{
    return st->st_uid == geteuid() || st->st_uid == 0;
}

static int check_folder(const char *path, ash_error *err)
{
    char buf[4096];
    const char *dir = folder_of(path, buf);
    struct stat st;
    if (stat(dir, &st) != 0)
        return ash_io_fail(err, dir, "the key's folder cannot be looked at");
    if (!is_own(&st) || (st.st_mode & 022) != 0)
        return ash_fail_at(err, ASH_E_STATE, "ledger", dir, ASH_NO_OFFSET,
                           "others may write to the key's folder (mode %04o): they could replace "
                           "the key; make it 0700, or use another file with --key",
                           (unsigned)st.st_mode & 07777);
    return 0;
}

static int check_file(int fd, const char *path, ash_error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return ash_io_fail(err, path, "the key file cannot be looked at");
    if (!S_ISREG(st.st_mode))
        return ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET,
                           "the key is not a regular file");
    if (!is_own(&st) || (st.st_mode & 077) != 0)
        return ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET,
                           "others may read the key file (mode %04o), so it proves nothing; make it "
                           "0600 if nobody has used that, else make a new key with `ashiato ledger "
                           "key --new`",
                           (unsigned)st.st_mode & 07777);
    return 0;
}

/* --- the file ------------------------------------------------------------ */

/* The next word of a line, taken off its front. */
static ash_view word(ash_view *line)
{
    *line = ash_view_trim(*line);
    ptrdiff_t space = ash_view_find(*line, ' ');
    ash_view w = ash_view_first(*line, space < 0 ? line->n : (size_t)space);
    *line = ash_view_skip(*line, w.n);
    return w;
}

static size_t number(ash_view v)
{
    size_t n = 0;
    for (size_t i = 0; i < v.n && i < 12; i++) {
        if (v.p[i] < '0' || v.p[i] > '9')
            return 0;
        n = n * 10 + (size_t)(v.p[i] - '0');
    }
    return n;
}

/* The seed in a "sealed" line. */
static int unseal(uint8_t seed[crypto_sign_SEEDBYTES], ash_view line, const char *path,
                  ash_passphrase_source ask, ash_error *err)
{
    uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], box[BOX_SIZE];
    uint8_t key[crypto_secretbox_KEYBYTES];
    char passphrase[1024];
    size_t ops = number(word(&line)), memory = number(word(&line));
    if (ops == 0 || ops > OPS_MAX || memory == 0 || memory > MEMORY_MAX ||
        ash_unhex(salt, sizeof salt, word(&line)) < 0 ||
        ash_unhex(nonce, sizeof nonce, word(&line)) < 0 ||
        ash_unhex(box, sizeof box, word(&line)) < 0)
        return ash_fail_at(err, ASH_E_FORMAT, "ledger", path, ASH_NO_OFFSET,
                           "is not a key file of ashiato");
    if (ask == NULL || !ask(path, passphrase, sizeof passphrase))
        return ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET,
                           "the key has a passphrase: give it on the terminal or in "
                           "ASHIATO_PASSPHRASE");
    int rc = 0;
    if (crypto_pwhash(key, sizeof key, passphrase, strlen(passphrase), salt, ops, memory,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        rc = ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    else if (crypto_secretbox_open_easy(seed, box, sizeof box, nonce, key) != 0)
        rc = ash_fail_at(err, ASH_E_STATE, "ledger", path, ASH_NO_OFFSET, "the passphrase is wrong");
    sodium_memzero(passphrase, sizeof passphrase);
    sodium_memzero(key, sizeof key);
    return rc;
}

static int parse(ash_key *k, ash_view text, const char *path, ash_passphrase_source ask,
                 ash_error *err)
{
    uint8_t seed[crypto_sign_SEEDBYTES], stated[ASH_PUBLIC_KEY_SIZE];
    bool magic = false, has_public = false, has_seed = false;
    int rc = 0;
    while (text.n > 0 && rc == 0) {
        ptrdiff_t nl = ash_view_find(text, '\n');
        ash_view line = ash_view_first(text, nl < 0 ? text.n : (size_t)nl);
        text = ash_view_skip(text, line.n + 1);
        if (ash_view_is(line, MAGIC)) {
            magic = true;
            continue;
        }
        ash_view name = word(&line);
        if (ash_view_is(name, "public"))
            has_public = ash_unhex(stated, sizeof stated, word(&line)) == 0;
        else if (ash_view_is(name, "secret"))
            has_seed = ash_unhex(seed, sizeof seed, word(&line)) == 0;
        else if (ash_view_is(name, "sealed")) {
            rc = unseal(seed, line, path, ask, err);
            has_seed = rc == 0;
        }
    }
    if (rc == 0 && magic && has_public && has_seed) {
        crypto_sign_seed_keypair(k->public_key, k->secret, seed);
        if (memcmp(stated, k->public_key, sizeof stated) != 0)
            magic = false;
    }
    sodium_memzero(seed, sizeof seed);
    if (rc == 0 && !(magic && has_public && has_seed))
        rc = ash_fail_at(err, ASH_E_FORMAT, "ledger", path, ASH_NO_OFFSET,
                         "is not a key file of ashiato");
    return rc;
}

int ash_key_load(ash_key *ret, const char *path, ash_passphrase_source ask, ash_error *err)
{
    char text[FILE_MAX];
    ash_key k;
    if (sodium_init() < 0)
        return ash_fail(err, ASH_E_STATE, "ledger", "the signature library cannot be started");
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? ash_fail_at(err, ASH_E_NOTFOUND, "ledger", path, ASH_NO_OFFSET,
                                 "there is no such key file")
                   : ash_io_fail(err, path, "the key file cannot be read");
    int rc = check_file(fd, path, err);
    if (rc == 0)
        rc = check_folder(path, err);
    ssize_t n = rc == 0 ? read(fd, text, sizeof text) : 0;
    if (n < 0)
        rc = ash_io_fail(err, path, "the key file cannot be read");
    close(fd);
    if (rc == 0)
        rc = parse(&k, ash_view_of(text, (size_t)n), path, ask, err);
    if (rc == 0)
        *ret = k;
    sodium_memzero(text, sizeof text);
    sodium_memzero(&k, sizeof k);
    return rc;
}

/* The secret line of a key file, open or sealed. */
static int put_secret(ash_buf *b, const ash_key *k, const char *passphrase, ash_error *err)
{
    char hex[256];
    if (passphrase == NULL || passphrase[0] == '\0') {
        ash_buf_addf(b, "secret %s\n", ash_hex(hex, k->secret, crypto_sign_SEEDBYTES));
        sodium_memzero(hex, sizeof hex);
        return 0;
    }
    uint8_t salt[crypto_pwhash_SALTBYTES], nonce[crypto_secretbox_NONCEBYTES], box[BOX_SIZE];
    uint8_t key[crypto_secretbox_KEYBYTES];
    randombytes_buf(salt, sizeof salt);
    randombytes_buf(nonce, sizeof nonce);
    if (crypto_pwhash(key, sizeof key, passphrase, strlen(passphrase), salt,
                      crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                      crypto_pwhash_ALG_ARGON2ID13) != 0)
        return ash_fail(err, ASH_E_NOMEM, "ledger", "out of memory");
    crypto_secretbox_easy(box, k->secret, crypto_sign_SEEDBYTES, nonce, key);
    sodium_memzero(key, sizeof key);
    ash_buf_addf(b, "sealed %u %zu %s ", (unsigned)crypto_pwhash_OPSLIMIT_MODERATE,
                 (size_t)crypto_pwhash_MEMLIMIT_MODERATE, ash_hex(hex, salt, sizeof salt));
    ash_buf_addf(b, "%s ", ash_hex(hex, nonce, sizeof nonce));
    ash_buf_addf(b, "%s\n", ash_hex(hex, box, sizeof box));
    return 0;
}

/* Writes a key to a new file beside path; its name into tmp. */
static int write_beside(const ash_key *k, const char *path, const char *passphrase, char tmp[4200],
                        ash_error *err)
{
    char hex[2 * ASH_PUBLIC_KEY_SIZE + 1];
    ash_buf b;
    ash_buf_init(&b, FILE_MAX);
    ash_buf_addf(&b, MAGIC "\npublic %s\n", ash_hex(hex, k->public_key, sizeof k->public_key));
    int rc = put_secret(&b, k, passphrase, err);
    snprintf(tmp, 4200, "%s.%ld.tmp", path, (long)getpid());
    int fd = -1;
    if (rc == 0) {
        fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
        if (fd < 0)
            rc = ash_io_fail(err, path, "the key file cannot be made; name another place with --key "
                                        "or ASHIATO_KEY, or work without seals: --no-seal");
    }
    for (size_t at = 0; rc == 0 && at < b.n;) {
        ssize_t n = write(fd, b.p + at, b.n - at);
        if (n < 0 && errno != EINTR)
            rc = ash_io_fail(err, path, "the key file cannot be written");
        at += n > 0 ? (size_t)n : 0;
    }
    if (rc == 0 && fsync(fd) != 0)
        rc = ash_io_fail(err, path, "the key file cannot be written");
    if (fd >= 0)
        close(fd);
    if (rc < 0 && fd >= 0)
        unlink(tmp);
    sodium_memzero(b.p, b.n);
    ash_buf_free(&b);
    return rc;
}

static int make_pair(ash_key *k, ash_error *err)
{
    if (sodium_init() < 0)
        return ash_fail(err, ASH_E_STATE, "ledger", "the signature library cannot be started");
    crypto_sign_keypair(k->public_key, k->secret);
    return 0;
}

static int make_folder(const char *path, ash_error *err)
{
    char buf[4096];
    const char *dir = folder_of(path, buf);
    struct stat st;
    if (stat(dir, &st) == 0)
        return check_folder(path, err);
    int rc = ash_io_mkdirs(dir, err);
    if (rc < 0 && err != NULL && err->code == ASH_E_IO)
        rc = ash_io_fail(err, dir, "the folder of the key that seals cases cannot be made; name "
                                   "another place with --key or ASHIATO_KEY, or work without seals: "
                                   "--no-seal");
    return rc;
}

int ash_key_make(ash_key *ret, const char *path, ash_error *err)
{
    char tmp[4200];
    ash_key k;
    int rc = make_pair(&k, err);
    if (rc == 0)
        rc = make_folder(path, err);
    if (rc == 0)
        rc = write_beside(&k, path, NULL, tmp, err);
    if (rc < 0)
        return rc;
    bool lost = link(tmp, path) != 0 && errno == EEXIST;
    if (!lost && access(path, F_OK) != 0)
        rc = ash_io_fail(err, path, "the key file cannot be made");
    unlink(tmp);
    /* Before anything is signed with it: a case whose key is gone cannot be gone on with. */
    if (rc == 0)
        rc = ash_io_sync_folder_of(path, err);
    if (rc == 0 && lost)
        rc = ash_key_load(ret, path, NULL, err);
    else if (rc == 0)
        *ret = k;
    ash_key_wipe(&k);
    return rc;
}

static const char *former_path(const char *path, const uint8_t public_key[ASH_PUBLIC_KEY_SIZE],
                               char buf[4200])
{
    char dir[4096], id[ASH_KEY_ID_SIZE];
    snprintf(buf, 4200, "%s/%s.key", folder_of(path, dir), ash_key_id(public_key, id));
    return buf;
}

int ash_key_former(ash_key *ret, const char *path, const uint8_t public_key[ASH_PUBLIC_KEY_SIZE],
                   ash_passphrase_source ask, ash_error *err)
{
    char former[4200];
    ash_key k;
    int rc = ash_key_load(&k, former_path(path, public_key, former), ask, err);
    if (rc == 0 && memcmp(k.public_key, public_key, sizeof k.public_key) != 0)
        rc = ash_fail_at(err, ASH_E_FORMAT, "ledger", former, ASH_NO_OFFSET,
                         "does not hold the key that its name says");
    if (rc == 0)
        *ret = k;
    ash_key_wipe(&k);
    return rc;
}

int ash_key_renew(ash_key *ret, const char *path, ash_passphrase_source ask, ash_error *err)
{
    char tmp[4200], former[4200];
    ash_key old, k;
    int rc = ash_key_load(&old, path, ask, err);
    if (rc < 0)
        return rc;
    rc = make_pair(&k, err);
    if (rc == 0)
        rc = write_beside(&k, path, NULL, tmp, err);
    if (rc == 0 && link(path, former_path(path, old.public_key, former)) != 0 && errno != EEXIST)
        rc = ash_io_fail(err, former, "the former key cannot be kept");
    if (rc == 0)
        rc = ash_io_publish(tmp, path, err);
    if (rc == 0)
        *ret = k;
    ash_key_wipe(&old);
    ash_key_wipe(&k);
    return rc;
}

int ash_key_protect(const ash_key *k, const char *path, const char *passphrase, ash_error *err)
{
    char tmp[4200];
    int rc = write_beside(k, path, passphrase, tmp, err);
    return rc == 0 ? ash_io_publish(tmp, path, err) : rc;
}

int ash_key_read_public(const char *given, uint8_t ret[ASH_PUBLIC_KEY_SIZE], ash_error *err)
{
    ash_buf b;
    uint8_t key[ASH_PUBLIC_KEY_SIZE];
    if (ash_unhex(ret, ASH_PUBLIC_KEY_SIZE, ash_view_z(given)) == 0)
        return 0;
    ash_buf_init(&b, FILE_MAX);
    int rc = ash_io_read_file(given, FILE_MAX, &b, err);
    bool found = false;
    for (ash_view rest = ash_buf_view(&b); rc == 0 && rest.n > 0 && !found;) {
        ptrdiff_t nl = ash_view_find(rest, '\n');
        ash_view line = ash_view_first(rest, nl < 0 ? rest.n : (size_t)nl);
        rest = ash_view_skip(rest, line.n + 1);
        ash_view first = word(&line), second = word(&line);
        found = ash_unhex(key, sizeof key, ash_view_is(first, "public") ? second : first) == 0;
    }
    if (rc == 0 && !found)
        rc = ash_fail_at(err, ASH_E_FORMAT, "ledger", given, ASH_NO_OFFSET, "holds no public key");
    if (rc == 0)
        memcpy(ret, key, sizeof key);
    ash_buf_free(&b);
    return rc;
}
