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
        const float *v_ = values + t;                                                                              \
        for (size_t i_ = 0; i_ < count; i_++, v_ += dv)                                                            \
            for (int c_ = 0; c_ < VECTORS; c_++) a_[c_] += LOAD(v_ + 16 * c_) * w[i_];                             \
        for (int c_ = 0; c_ < VECTORS; c_++) STORE(sum + t + 16 * c_, a_[c_]);                                     \
        t += 16 * VECTORS;                                                                                         \
    } while (0)

/// Adds w[i] * value[first + i] to the lanes of `sum`, row-major values. Rows run over into the next one; lanes past dv
/// are never read from the sum.
CK_INLINE void add_value_rows(const float *values, size_t dv, size_t count, const float *w, float *sum) {
    size_t t = 0;
    while (t + 128 <= dv) ADD_COLUMNS(8);
    if (dv - t > 96) ADD_COLUMNS(8);
    else if (dv - t > 64) ADD_COLUMNS(6);
    else if (dv - t > 48) ADD_COLUMNS(4);
    else if (dv - t > 32) ADD_COLUMNS(3);
    else if (dv - t > 16) {
        f32x16 a = LOAD(sum + t), b = LOAD(sum + t + 16), c = {}, e = {};
        const float *v = values + t;
        for (size_t i = 0; i < count; i += 2, v += 2 * dv) {
            a += LOAD(v) * w[i];
            b += LOAD(v + 16) * w[i];
            c += LOAD(v + dv) * w[i + 1];
            e += LOAD(v + dv + 16) * w[i + 1];
        }
        STORE(sum + t, a + c);
        STORE(sum + t + 16, b + e);
    } else if (dv > t) {
        const float *v = values + t;
        f32x16 a = LOAD(sum + t), b = {}, c = {}, e = {};
        for (size_t i = 0; i < count; i += 4, v += 4 * dv) {
            a += LOAD(v) * w[i];
            b += LOAD(v + dv) * w[i + 1];
            c += LOAD(v + 2 * dv) * w[i + 2];
            e += LOAD(v + 3 * dv) * w[i + 3];
        }
        STORE(sum + t, (a + b) + (c + e));
    }
}

/// The same for blocks of 16 rows, read in the order in which they lie: `sum` holds 16 lanes a column.
CK_INLINE void add_value_blocks(const float *blocks, size_t dv, size_t count, const float *w, float *sum) {
#define ADD_BLOCKS(COLUMNS)                                                                                        \
    case COLUMNS: {                                                                                                \
        f32x16 a_[COLUMNS];                                                                                           \
        for (int t_ = 0; t_ < COLUMNS; t_++) a_[t_] = LOAD(sum + 16 * t_);                                         \
        for (size_t i_ = 0; i_ < count; i_ += 16, blocks += 16 * COLUMNS) {                                        \
            f32x16 x_ = LOAD(w + i_);                                                                                 \
            for (int t_ = 0; t_ < COLUMNS; t_++) a_[t_] += LOAD(blocks + 16 * t_) * x_;                            \
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
        for (size_t i = 0; i < count; i += 16, blocks += 16 * dv) {
            f32x16 x = LOAD(w + i);
            for (size_t t = 0; t < dv; t++) STORE(sum + 16 * t, LOAD(sum + 16 * t) + LOAD(blocks + 16 * t) * x);
        }
    }
}

CK_INLINE void add_values(const ck_rows *rows, size_t first, size_t count, const float *w, float *sum) {
    if (rows->value_blocks)
        add_value_blocks(rows->value_blocks + first * rows->dv, rows->dv, count, w, sum);
    else
        add_value_rows(rows->values + first * rows->dv, rows->dv, count, w, sum);
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
    const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out, size_t *positive) {
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
                tile_dots(rows, at, count, q, w);
                for (size_t i = 0; i < count; i += 16) {
                    f32x16 x = LOAD(w + i) - b;
                    x = MAXIMUM(x, (f32x16){});
                    f32x16 p = x;
                    for (int e = 1; e < alpha; e++) p *= x;
                    STORE(w + i, p);
                }
                if (at < first || at + count > last) mask_tile(at, count, first, last, w);
                for (size_t i = 0; i < count; i += 16) weight += LOAD(w + i);
                add_values(rows, at, count, w, sum);
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
    const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight, double *out) {
    float sum[MOST_COLUMNS] __attribute__((aligned(64))), w[TILE] __attribute__((aligned(64)));
    float m = *largest;
    double total = *weight;
    for (size_t start = first & ~(size_t)15; start < last; start += STRETCH) {
        size_t end = start + STRETCH < last ? start + STRETCH : last;
        f32x16 lanes = {};
        clear_values(rows, sum);
        for (size_t at = start; at < end; at += TILE) {
            size_t count = tile_count(at, end);
            tile_dots(rows, at, count, q, w);
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
            add_values(rows, at, count, w, sum);
        }
        flush_values(rows, sum, out);
        total += sum_lanes(&lanes);
    }
    *largest = m;
    *weight = total;
}

CK_INLINE float plain_read(const ck_rows *rows, size_t count) {
    const float *keys = rows->key_blocks ? rows->key_blocks : rows->keys;
    const float *values = rows->value_blocks ? rows->value_blocks : rows->values;
    f32x16 a = {}, b = {}, c = {}, e = {};
    // Two streams side by side, as dense attention reads them.
    const size_t key_floats = count * rows->d, value_floats = count * rows->dv;
    const size_t both = key_floats < value_floats ? key_floats : value_floats;
    size_t i = 0;
    for (; i + 32 <= both; i += 32) {
        a += LOAD(keys + i);
        b += LOAD(keys + i + 16);
        c += LOAD(values + i);
        e += LOAD(values + i + 16);
    }
    for (size_t k = i; k + 16 <= key_floats; k += 16) a += LOAD(keys + k);
    for (size_t v = i; v + 16 <= value_floats; v += 16) c += LOAD(values + v);
    a += b + c + e;
    return sum_lanes(&a);
}

// The body of a power is compiled for the exponents that matter and once for any.
#define POWER_LEVEL(NAME, TARGET)                                                                                  \
    TARGET static double NAME(                                                                                     \
        const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out,           \
        size_t *positive) {                                                                                        \
        switch (alpha) {                                                                                           \
        case 1: return dense_power(rows, first, last, q, b, 1, out, positive);                                     \
        case 2: return dense_power(rows, first, last, q, b, 2, out, positive);                                     \
        case 3: return dense_power(rows, first, last, q, b, 3, out, positive);                                     \
        default: return dense_power(rows, first, last, q, b, alpha, out, positive);                                \
        }                                                                                                          \
    }
#define EXPONENTIAL_LEVEL(NAME, TARGET)                                                                            \
    TARGET static void NAME(                                                                                       \
        const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight,            \
        double *out) {                                                                                             \
        dense_exponential(rows, first, last, q, largest, weight, out);                                             \
    }

#define READ_LEVEL(NAME, TARGET)                                                                                   \
    TARGET static float NAME(const ck_rows *rows, size_t count) { return plain_read(rows, count); }

POWER_LEVEL(power_portable, )
EXPONENTIAL_LEVEL(exponential_portable, )
READ_LEVEL(read_portable, )
#if defined(__x86_64__)
POWER_LEVEL(power_avx2, TARGET_AVX2)
EXPONENTIAL_LEVEL(exponential_avx2, TARGET_AVX2)
POWER_LEVEL(power_avx512, TARGET_AVX512)
EXPONENTIAL_LEVEL(exponential_avx512, TARGET_AVX512)
READ_LEVEL(read_avx2, TARGET_AVX2)
READ_LEVEL(read_avx512, TARGET_AVX512)
#endif

float ck_plain_read(const ck_rows *rows, size_t count) {
    DISPATCH(read, rows, count);
}

double ck_dense_power(
    const ck_rows *rows, size_t first, size_t last, const float *q, float b, int alpha, double *out, size_t *positive) {
    DISPATCH(power, rows, first, last, q, b, alpha, out, positive);
}

void ck_dense_exponential(
    const ck_rows *rows, size_t first, size_t last, const float *q, float *largest, double *weight, double *out) {
    DISPATCH(exponential, rows, first, last, q, largest, weight, out);
}
