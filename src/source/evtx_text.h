/* Values and names of binary XML as text for XML and JSON: every value of every
 * type, of any length, and no character that could harm a terminal, a page or a
 * parser.
 *
 * What Windows shows decides the form of a value (wevtutil, [MS-EVEN6] 3.1.4.7.3).
 * Characters are kept so that the original can be had back:
 *
 * - XML: what markup needs is escaped by its entity. Control characters and what
 *   else ash_char_is_unsafe names become character references; what XML 1.0 does
 *   not allow at all (C0, halves of surrogate pairs) becomes _xHHHH_, and where a
 *   text has that form by itself its first "_" becomes _x005F_ (the convention of
 *   ECMA-376 22.9.2.19 and of .NET's XmlConvert).
 * - JSON: unsafe ones become \uHHHH. Halves of surrogate pairs, at which many parsers
 *   give up, become _xD800_; texts of that form, or with _x005F_, as in XML.
 */
#ifndef ASH_SOURCE_EVTX_TEXT_H
#define ASH_SOURCE_EVTX_TEXT_H

#include "base/buf.h"
#include "source/evtx_value.h"

typedef enum ash_evtx_style {
    ASH_EVTX_XML_TEXT,
    ASH_EVTX_XML_ATTRIBUTE, /* between single quotes */
    ASH_EVTX_JSON_STRING,   /* between double quotes */
} ash_evtx_style;

/* UTF-16LE; an odd last byte is left out. */
void ash_evtx_put_utf16(ash_buf *out, ash_view v, ash_evtx_style style);

/* A UTF-16 unit of a character reference. */
void ash_evtx_put_unit(ash_buf *out, uint16_t unit, ash_evtx_style style);

/* An XML name: all but ASCII letters, digits and "-._" becomes _xHHHH_. `colon`: the
 * first one may stay. */
void ash_evtx_put_name(ash_buf *out, ash_view utf16, bool colon);

/* Any value; nothing for NULL. Items of arrays are separated by commas. A value
 * whose length does not fit its type, or whose type is unknown, is shown as the
 * hexadecimal of its bytes. ANSI text is taken for Windows-1252. */
void ash_evtx_put_value(ash_buf *out, ash_evtx_value v, ash_evtx_style style);

/* Any value as a JSON value: null for NULL and empty texts, numbers and booleans
 * bare, all else as strings. */
void ash_evtx_put_json(ash_buf *out, ash_evtx_value v);

#endif
