/* What a file is, by its first bytes. */
#ifndef ASH_EXTRACT_SNIFF_H
#define ASH_EXTRACT_SNIFF_H

#include "extract/extract.h"

/* Bytes that are looked at. */
#define ASH_SNIFF_SIZE (64u << 10)

/* ZIP and OLE stand for all that is built on them; who reads them looks closer. */
ash_kind ash_sniff(ash_view head, uint64_t size);

#endif
