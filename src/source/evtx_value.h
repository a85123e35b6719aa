/* Typed values of binary XML ([MS-EVEN6] 2.2.12, 3.1.4.7.3 "Type System").
 *
 * A value is a view into the chunk. Its length is what the log states and may
 * be wrong for its type; the readers here say so. */
#ifndef ASH_SOURCE_EVTX_VALUE_H
#define ASH_SOURCE_EVTX_VALUE_H

#include <stdint.h>

#include "base/view.h"

typedef enum ash_evtx_type {
    ASH_EVTX_NULL = 0x00,
    ASH_EVTX_STRING = 0x01, /* UTF-16LE, with or without terminator */
    ASH_EVTX_ANSI = 0x02,   /* in a code page that the log does not name */
    ASH_EVTX_INT8 = 0x03,
    ASH_EVTX_UINT8 = 0x04,
    ASH_EVTX_INT16 = 0x05,
    ASH_EVTX_UINT16 = 0x06,
    ASH_EVTX_INT32 = 0x07,
    ASH_EVTX_UINT32 = 0x08,
    ASH_EVTX_INT64 = 0x09,
    ASH_EVTX_UINT64 = 0x0a,
    ASH_EVTX_REAL32 = 0x0b,
    ASH_EVTX_REAL64 = 0x0c,
    ASH_EVTX_BOOL = 0x0d, /* 32 bits; values other than 0 and 1 occur */
    ASH_EVTX_BINARY = 0x0e,
    ASH_EVTX_GUID = 0x0f,
    ASH_EVTX_SIZE = 0x10, /* 4 or 8 bytes */
    ASH_EVTX_FILETIME = 0x11,
    ASH_EVTX_SYSTEMTIME = 0x12, /* 16 bytes: eight 16-bit numbers */
    ASH_EVTX_SID = 0x13,
    ASH_EVTX_HEX32 = 0x14,
    ASH_EVTX_HEX64 = 0x15,
    ASH_EVTX_BINXML = 0x21, /* a fragment; the walker walks into it */
} ash_evtx_type;

#define ASH_EVTX_ARRAY 0x80u /* added to a type */

typedef struct ash_evtx_value {
    uint8_t type; /* ash_evtx_type, perhaps with ASH_EVTX_ARRAY; maybe unknown */
    ash_view bytes;
} ash_evtx_value;

/* Bytes of one value of a type that always has the same length, else 0. */
unsigned ash_evtx_type_size(uint8_t type);

/* An integer type of 1, 2, 4 or 8 bytes: signed ones as two's complement of
 * their own width. False for another type or length. */
bool ash_evtx_value_uint(ash_evtx_value v, uint64_t *ret);

/* FILETIME or SYSTEMTIME, as a FILETIME: 100 ns since 1601. False for another
 * type or length, or a date that does not exist. */
bool ash_evtx_value_filetime(ash_evtx_value v, uint64_t *ret);

/* The text of a STRING or ANSI value without terminators. */
ash_view ash_evtx_value_text(ash_evtx_value v);

/* Takes the first item off an array. False at its end; an item that is not
 * whole is the last one. */
bool ash_evtx_array_next(ash_evtx_value *array, ash_evtx_value *ret_item);

#endif
