// Numbers of rows as they are kept: in 32 or in 16 bits.
#ifndef CK_TABLE_H
#define CK_TABLE_H

#include <stddef.h>
#include <stdint.h>

/// How numbers are kept: as float32, as bfloat16 (the upper half of a float32), or as the half precision of IEEE 754. Each of
/// the last two is a float32 exactly, and is that to every kernel.
enum { CK_F32, CK_BF16, CK_F16 };

/// Rows of finite numbers: row i begins at entry i * stride.
typedef struct {
    const void *base;
    size_t stride;
    int32_t format;
} ck_table;

/// Bytes of a number.
static inline size_t ck_entry_bytes(int32_t format) { return format == CK_F32 ? 4 : 2; }

/// Rows of float32.
static inline ck_table ck_floats(const float *base, size_t stride) {
    return (ck_table){.base = base, .stride = stride, .format = CK_F32};
}

/// The table from a row on.
static inline ck_table ck_table_from(ck_table table, size_t row) {
    table.base = (const char *)table.base + row * table.stride * ck_entry_bytes(table.format);
    return table;
}

/// Rounds numbers to the nearest that the format holds, ties to even: beyond the largest to infinity. `to` is an array of the
/// format.
void ck_narrow(const float *from, size_t count, int32_t format, void *to);

/// The `count` numbers of an array of a format from entry `first` on, as float32.
void ck_widen(const void *from, int32_t format, size_t first, size_t count, float *to);

/// A row's first d numbers: where they are if they are float32, else in `room`, which has room for them.
static inline const float *ck_row(ck_table table, size_t row, size_t d, float *room) {
    if (table.format == CK_F32) return (const float *)table.base + row * table.stride;
    ck_widen(table.base, table.format, row * table.stride, d, room);
    return room;
}

#endif
