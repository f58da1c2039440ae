#include "ckernels.h"
#include "vector/exponential.h"
#include "vector/tile.h"

// Two streams are read side by side, keys and values, a tile at a time: the dot products, weights and value sums of a
// tile stay in registers and the first-level cache. Sums are float32 within a stretch and float64 from there.

/// Rows summed in float32 before they are added to the float64 sums.
#define STRETCH 4096
/// The longest value that a stretch sums at once.
#define MOST_COLUMNS 1024

/// Adds w[i] * value[i] over `count` rows to `width` columns of the lanes of `sum`, width / 16 vectors at once.
#define ADD_COLUMNS(VECTORS)                                                                                       \
    do {                                                                                                           \
        f32x16 a_[VECTORS];                                                                                           \
        for (int c_ = 0; c_ < VECTORS; c_++) a_[c_] = LOAD(sum + t + 16 * c_);                                     \
        const char *v_ = ENTRY_AT(format, values, t);                                                              \
        for (size_t i_ = 0; i_ < count; i_++, v_ += row)                                                           \
            for (int c_ = 0; c_ < VECTORS; c_++) a_[c_] += WIDE(format, v_ + 16 * c_ * ENTRY(format)) * w[i_];     \
        for (int c_ = 0; c_ < VECTORS; c_++) STORE(sum + t + 16 * c_, a_[c_]);                                     \
        t += 16 * VECTORS;                                                                                         \
    } while (0)

/// Adds w[i] * value[first + i] to the lanes of `sum`, row-major values. Rows run over into the next one; lanes past dv
/// are never read from the sum.
CK_INLINE void add_value_rows(
    const void *values, size_t dv, size_t count, const float *w, float *sum, const int format) {
    const size_t row = dv * ENTRY(format);
    size_t t = 0;
    while (t + 128 <= dv) ADD_COLUMNS(8);
    if (dv - t > 96) ADD_COLUMNS(8);
    else if (dv - t > 64) ADD_COLUMNS(6);
    else if (dv - t > 48) ADD_COLUMNS(4);
    else if (dv - t > 32) ADD_COLUMNS(3);
    else if (dv - t > 16) {
        f32x16 a = LOAD(sum + t), b = LOAD(sum + t + 16), c = {}, e = {};
        const char *v = ENTRY_AT(format, values, t);
        const size_t next = 16 * ENTRY(format);
        for (size_t i = 0; i < count; i += 2, v += 2 * row) {
            a += WIDE(format, v) * w[i];
            b += WIDE(format, v + next) * w[i];
            c += WIDE(format, v + row) * w[i + 1];
            e += WIDE(format, v + row + next) * w[i + 1];
        }
        STORE(sum + t, a + c);
        STORE(sum + t + 16, b + e);
    } else if (dv > t) {
        const char *v = ENTRY_AT(format, values, t);
        f32x16 a = LOAD(sum + t), b = {}, c = {}, e = {};
        for (size_t i = 0; i < count; i += 4, v += 4 * row) {
            a += WIDE(format, v) * w[i];
            b += WIDE(format, v + row) * w[i + 1];
            c += WIDE(format, v + 2 * row) * w[i + 2];
            e += WIDE(format, v + 3 * row) * w[i + 3];
        }
        STORE(sum + t, (a + b) + (c + e));
    }
}

/// The same for blocks of 16 rows, read in the order in which they lie: `sum` holds 16 lanes a column.
CK_INLINE void add_value_blocks(
    const void *values, size_t dv, size_t count, const float *w, float *sum, const int format) {
    const char *blocks = values;
    const size_t column = 16 * ENTRY(format);
#define ADD_BLOCKS(COLUMNS)                                                                                        \
    case COLUMNS: {                                                                                                \
        f32x16 a_[COLUMNS];                                                                                           \
        for (int t_ = 0; t_ < COLUMNS; t_++) a_[t_] = LOAD(sum + 16 * t_);                                         \
        for (size_t i_ = 0; i_ < count; i_ += 16, blocks += column * COLUMNS) {                                    \
            f32x16 x_ = LOAD(w + i_);                                                                                 \
            for (int t_ = 0; t_ < COLUMNS; t_++) a_[t_] += WIDE(format, blocks + column * t_) * x_;                \
        }                                                                                                          \
        for (int t_ = 0; t_ < COLUMNS; t_++) STORE(sum + 16 * t_, a_[t_]);                                         \
        break;                                                                                                     \
    }
    switch (dv) {
        ADD_BLOCKS(1)
        ADD_BLOCKS(2)
        ADD_BLOCKS(3)
        ADD_BLOCKS(4)
        ADD_BLOCKS(6)
        ADD_BLOCKS(8)
    default:
        for (size_t i = 0; i < count; i += 16, blocks += column * dv) {
            f32x16 x = LOAD(w + i);
            for (size_t t = 0; t < dv; t++)
                STORE(sum + 16 * t, LOAD(sum + 16 * t) + WIDE(format, blocks + column * t) * x);
        }
    }
}

CK_INLINE void add_values(
    const ck_rows *rows, size_t first, size_t count, const float *w, float *sum, const int format) {
    const size_t dv = rows->dv;
    if (rows->value_blocks)
        add_value_blocks(ENTRY_AT(format, rows->value_blocks, first * dv), dv, count, w, sum, format);
    else add_value_rows(ENTRY_AT(format, rows->values.base, first * dv), dv, count, w, sum, format);
}

/// Moves the float32 sums of a stretch to `out` and empties them.
CK_INLINE void flush_values(const ck_rows *rows, float *sum, double *out) {
    for (size_t t = 0; t < rows->dv; t++) {
        if (rows->value_blocks) {
            for (int l = 0; l < 16; l++) out[t] += sum[16 * t + l];
        } else {
            out[t] += sum[t];
        }
    }
}

CK_INLINE void clear_values(const ck_rows *rows, float *sum) {
    size_t lanes = rows->value_blocks ? 16 * rows->dv : (rows->dv + 15) / 16 * 16;
    for (size_t t = 0; t < lanes; t += 16) STORE(sum + t, (f32x16){});
}

/// Zeroes the weights of rows outside first ..< last in a tile that starts at row `at`.
CK_INLINE void mask_tile(size_t at, size_t count, size_t first, size_t last, float *w) {
    for (size_t i = 0; at + i < first; i++) w[i] = 0;
    for (size_t i = at + count; i > last; i--) w[i - 1 - at] = 0;
}

CK_INLINE size_t tile_count(size_t at, size_t last) {
    size_t left = (last - at + 15) & ~(size_t)15;
    return left < TILE ? left : TILE;
}

CK_INLINE double dense_power(
    const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out, size_t *positive,
    const int format) {
    float sum[MOST_COLUMNS] __attribute__((aligned(64))), w[TILE] __attribute__((aligned(64)));
    double total = 0;
    size_t found = 0;
    // The last tile of each group is counted, and stands for all of them: counting every tile costs some percent.
    const size_t group = (last - first > STRETCH ? 16 : last - first > 4 * TILE ? 4 : 1) * TILE;
    for (size_t start = first & ~(size_t)15; start < last; start += STRETCH) {
        size_t end = start + STRETCH < last ? start + STRETCH : last;
        f32x16 weight = {};
        clear_values(rows, sum);
        for (size_t at = start; at < end;) {
            size_t count = 0, next = at + group < end ? at + group : end;
            for (; at < next; at += TILE) {
                count = tile_count(at, next);
                tile_dots(rows, at, count, q, w, format);
                for (size_t i = 0; i < count; i += 16) {
                    f32x16 x = LOAD(w + i) - b;
                    x = MAXIMUM(x, (f32x16){});
                    f32x16 p = x;
                    for (int e = 1; e < alpha; e++) p *= x;
                    STORE(w + i, p);
                }
                if (at < first || at + count > last) mask_tile(at, count, first, last, w);
                for (size_t i = 0; i < count; i += 16) weight += LOAD(w + i);
                add_values(rows, at, count, w, sum, format);
            }
            i32x16 above = {};
            for (size_t i = 0; i < count; i += 16) above -= LOAD(w + i) > 0;
            for (int l = 0; l < 16; l++) found += (size_t)above[l];
        }
        flush_values(rows, sum, out);
        total += sum_lanes(&weight);
    }
    const size_t share = group / TILE;
    *positive = total > 0 && found == 0 ? share : found * share;
    return total;
}

CK_INLINE void dense_exponential(
    const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight, double *out,
    const int format) {
    float sum[MOST_COLUMNS] __attribute__((aligned(64))), w[TILE] __attribute__((aligned(64)));
    float m = *largest;
    double total = *weight;
    for (size_t start = first & ~(size_t)15; start < last; start += STRETCH) {
        size_t end = start + STRETCH < last ? start + STRETCH : last;
        f32x16 lanes = {};
        clear_values(rows, sum);
        for (size_t at = start; at < end; at += TILE) {
            size_t count = tile_count(at, end);
            tile_dots(rows, at, count, q, w, format);
            if (at < first || at + count > last) {
                for (size_t i = 0; i < count; i++)
                    if (at + i < first || at + i >= last) w[i] = -INFINITY;
            }
            f32x16 top = LOAD(w);
            for (size_t i = 16; i < count; i += 16) top = MAXIMUM(LOAD(w + i), top);
            float most = m;
            for (int l = 0; l < 16; l++) most = top[l] > most ? top[l] : most;
            if (most > m) {
                // What was summed so far was relative to a smaller maximum.
                flush_values(rows, sum, out);
                clear_values(rows, sum);
                total += sum_lanes(&lanes);
                lanes = (f32x16){};
                double factor = m == -INFINITY ? 0 : exp((double)m - (double)most);
                for (size_t t = 0; t < rows->dv; t++) out[t] *= factor;
                total *= factor;
                m = most;
            }
            for (size_t i = 0; i < count; i += 16) {
                f32x16 e;
                EXPONENTIAL(e, LOAD(w + i) - m);
                STORE(w + i, e);
                lanes += e;
            }
            add_values(rows, at, count, w, sum, format);
        }
        flush_values(rows, sum, out);
        total += sum_lanes(&lanes);
    }
    *largest = m;
    *weight = total;
}

typedef i32x16 i32x16_unaligned __attribute__((aligned(2), may_alias));

CK_INLINE float plain_read(const ck_rows *rows, size_t count) {
    const char *keys = rows->key_blocks ? rows->key_blocks : rows->keys.base;
    const char *values = rows->value_blocks ? rows->value_blocks : rows->values.base;
    i32x16 a = {}, b = {}, c = {}, e = {};
#define READ(p) (*(const i32x16_unaligned *)(p))
    // Two streams side by side, as dense attention reads them, a cache line at a time.
    const size_t entry = ck_entry_bytes(rows->keys.format);
    const size_t key_bytes = count * rows->d * entry, value_bytes = count * rows->dv * entry;
    const size_t both = key_bytes < value_bytes ? key_bytes : value_bytes;
    size_t i = 0;
    for (; i + 128 <= both; i += 128) {
        a ^= READ(keys + i);
        b ^= READ(keys + i + 64);
        c ^= READ(values + i);
        e ^= READ(values + i + 64);
    }
    for (size_t k = i; k + 64 <= key_bytes; k += 64) a ^= READ(keys + k);
    for (size_t v = i; v + 64 <= value_bytes; v += 64) c ^= READ(values + v);
    a ^= b ^ c ^ e;
    int32_t all = 0;
    for (int l = 0; l < 16; l++) all ^= a[l];
    return (float)all;
}

// The body of a power is compiled for the exponents that matter and once for any.
#define POWER_LEVEL(SUFFIX, TARGET, ALPHA)                                                                         \
    TARGET static double power##ALPHA##_##SUFFIX(                                                                  \
        const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out,           \
        size_t *positive) {                                                                                        \
        (void)alpha;                                                                                               \
        BY_FORMAT(                                                                                                 \
            rows->keys.format, SUFFIX, dense_power(rows, first, last, q, b, ALPHA, out, positive, format))         \
    }
#define LEVEL(SUFFIX, TARGET)                                                                                      \
    POWER_LEVEL(SUFFIX, TARGET, 1)                                                                                 \
    POWER_LEVEL(SUFFIX, TARGET, 2)                                                                                 \
    POWER_LEVEL(SUFFIX, TARGET, 3)                                                                                 \
    POWER_LEVEL(SUFFIX, TARGET, alpha)                                                                             \
    TARGET static void exponential_##SUFFIX(                                                                       \
        const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight,            \
        double *out) {                                                                                             \
        BY_FORMAT(                                                                                                 \
            rows->keys.format, SUFFIX, dense_exponential(rows, first, last, q, largest, weight, out, format))      \
    }                                                                                                              \
    TARGET static float read_##SUFFIX(const ck_rows *rows, size_t count) { return plain_read(rows, count); }

LEVEL(portable, )
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2)
LEVEL(avx512, TARGET_AVX512)
#endif

float ck_plain_read(const ck_rows *rows, size_t count) {
    DISPATCH(read, rows, count);
}

double ck_dense_power(
    const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out, size_t *positive) {
    switch (alpha) {
    case 1: DISPATCH(power1, rows, first, last, q, b, alpha, out, positive);
    case 2: DISPATCH(power2, rows, first, last, q, b, alpha, out, positive);
    case 3: DISPATCH(power3, rows, first, last, q, b, alpha, out, positive);
    default: DISPATCH(poweralpha, rows, first, last, q, b, alpha, out, positive);
    }
}

void ck_dense_exponential(
    const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight, double *out) {
    DISPATCH(exponential, rows, first, last, q, largest, weight, out);
}
