/* Whether a number can be what it looks like: check digits, ranges and lengths. Each
 * takes digits (or for IBAN and IDs characters) without separators. Sources are named
 * beside each; docs/CLASSES.md has them all. */
#ifndef ASH_CLASSIFY_VALIDATE_H
#define ASH_CLASSIFY_VALIDATE_H

#include <stdbool.h>

#include "base/view.h"

/* ISO/IEC 7812-1 annex B. */
bool ash_valid_luhn(ash_view digits);

/* A payment card: length and first digits of a network that issues cards, Luhn, and not
 * one digit again and again. Networks' own published ranges. */
bool ash_valid_card(ash_view digits);
/* An issuer's published number for testing (4111111111111111, ...). */
bool ash_card_is_sample(ash_view digits);

/* Individual number, 12 digits (Ministry of Internal Affairs ordinance 85 of 2014, art. 5). */
bool ash_valid_mynumber(ash_view digits);

/* Corporate number, 13 digits, the first is the check digit (Ministry of Finance
 * ordinance 70 of 2014, art. 2). */
bool ash_valid_corporate(ash_view digits);

/* Driving licence, 12 digits: public safety commission's code, and the 11th digit. */
bool ash_valid_licence(ash_view digits);

/* Insurer's number, 8 digits, or 6 of national health insurance: law's number, prefecture
 * 01-47 and last digit (Ministry of Health, setting of insurers' numbers). */
bool ash_valid_insurer(ash_view digits);

/* 20 CFR 422: area not 000, 666 or 9xx, group not 00, serial not 0000; not one of the
 * numbers printed in advertisements. 9 digits. */
bool ash_valid_ssn(ash_view digits);

/* ISO 13616: country's length and mod 97. Upper case, no spaces. */
bool ash_valid_iban(ash_view text);

/* A Japanese number with its leading 0: mobile, IP, free call, or an area's. */
bool ash_valid_phone_jp(ash_view digits);
/* The same written in groups: their lengths are those of its kind ("045", "123", "4567").
 * lengths: of n groups. */
bool ash_valid_phone_jp_groups(ash_view digits, const unsigned *lengths, unsigned n);
/* E.164 without "+": an assigned country code and that country's lengths. */
bool ash_valid_phone_e164(ash_view digits);
/* North American number of 10 digits. */
bool ash_valid_phone_nanp(ash_view digits);

/* ICAO 9303-3 section 4.9 over n characters of digits, A-Z and '<'. */
bool ash_valid_mrz(ash_view field, char check);

#endif
