/* Who a record speaks of, as digests: equal digests are equal values, and nothing leads
 * back to the value without the case's key. */
#ifndef ASH_CLASSIFY_IDENTITY_H
#define ASH_CLASSIFY_IDENTITY_H

#include <stdint.h>

#include "ashiato/error.h"

#define ASH_IDENTITY_KEY_SIZE 32

/* Digests of normalised values, 64 bits of BLAKE2b with the case's key; 0: the record has
 * none. Two of a million values are equal by accident once in 37 million cases. */
typedef struct ash_identity {
    uint64_t name;
    uint64_t kana;    /* the name's reading, or in bank data the holder */
    uint64_t email;   /* none where many share it (info@, sales@) */
    uint64_t phone;
    uint64_t birth;
    uint64_t address;
    uint64_t number;  /* My Number, licence, passport, SSN, pension, insurance, card, account */
    uint64_t classes; /* bit 1 << ash_class_id: what the record holds of the person */
} ash_identity;

/* A new random key. */
int ash_identity_key_make(uint8_t key[ASH_IDENTITY_KEY_SIZE], ash_error *err) ASH_MUST_USE;

#endif
