#include "classify/identity.h"

#include "base/hash.h"
#include "base/text.h"
#include "classify/scan.h"

int ash_identity_key_make(uint8_t key[ASH_IDENTITY_KEY_SIZE], ash_error *err)
{
    return ash_random(key, ASH_IDENTITY_KEY_SIZE, err);
}

char *ash_mask(char *out, size_t size, ash_view v)
{
    char plain[64];
    size_t n = 0, chars = 0;
    for (size_t i = 0; i < v.n && chars < 16; chars++) {
        uint32_t cp;
        unsigned k = ash_utf8_decode(v.p + i, v.n - i, &cp);
        bool keep = chars == 0 || (chars == 1 && cp < 0x80);
        if (k == 0 || !keep) {
            plain[n++] = '*';
        } else {
            for (unsigned j = 0; j < k; j++)
                plain[n++] = v.p[i + j];
        }
        i += k == 0 ? 1 : k;
    }
    return ash_text_escape(out, size, ash_view_of(plain, n));
}
