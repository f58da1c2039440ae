#include "ckernels.h"
#include "vector/f32x16.h"

/// Adds `PANELS` panels times `VECTORS` vectors in registers: the columns are gone through once.
#define TILE_PRODUCT(PANELS, VECTORS)                                                                              \
    do {                                                                                                           \
        f32x16 a_[PANELS][VECTORS];                                                                                   \
        for (int p_ = 0; p_ < PANELS; p_++)                                                                        \
            for (int v_ = 0; v_ < VECTORS; v_++) a_[p_][v_] = (f32x16){};                                             \
        for (size_t t_ = 0; t_ < columns; t_++)                                                                    \
            for (int p_ = 0; p_ < PANELS; p_++) {                                                                  \
                const f32x16 w_ = LOAD(panel + (p_ * columns + t_) * CK_PANEL);                                       \
                for (int v_ = 0; v_ < VECTORS; v_++) a_[p_][v_] += w_ * x[v_ * columns + t_];                      \
            }                                                                                                      \
        for (int p_ = 0; p_ < PANELS; p_++)                                                                        \
            for (int v_ = 0; v_ < VECTORS; v_++)                                                                   \
                store_rows(y + v_ * rows + p_ * CK_PANEL, &a_[p_][v_], left - (size_t)p_ * CK_PANEL);               \
    } while (0)

/// The sums of a panel, of which `left` rows are there.
CK_INLINE void store_rows(float *y, const f32x16 *sums, size_t left) {
    if (left >= CK_PANEL) {
        STORE(y, *sums);
    } else {
        for (size_t i = 0; i < left; i++) y[i] = (*sums)[i];
    }
}

CK_INLINE void product_one(const float *panel, size_t panels, size_t left, size_t rows, size_t columns, const float *x, float *y) {
    if (panels == 4) TILE_PRODUCT(4, 1);
    else if (panels == 2) TILE_PRODUCT(2, 1);
    else TILE_PRODUCT(1, 1);
    (void)rows;
}

/// `wide` panels at a time fit the registers beside six vectors.
CK_INLINE void matrix_product(const ck_matrix *matrix, const float *vectors, size_t count, float *results, int wide) {
    const size_t rows = matrix->rows, columns = matrix->columns;
    const size_t panels = (rows + CK_PANEL - 1) / CK_PANEL;
    if (count == 1) {
        for (size_t at = 0; at < panels;) {
            const size_t step = panels - at >= 4 ? 4 : panels - at >= 2 ? 2 : 1;
            product_one(
                matrix->panels + at * columns * CK_PANEL, step, rows - at * CK_PANEL, rows, columns, vectors,
                results + at * CK_PANEL);
            at += step;
        }
        return;
    }
    for (size_t at = 0; at < panels;) {
        const float *panel = matrix->panels + at * columns * CK_PANEL;
        const size_t left = rows - at * CK_PANEL;
        const size_t step = wide && panels - at >= 2 ? 2 : 1;
        const float *x = vectors;
        float *y = results + at * CK_PANEL;
        size_t i = 0;
        for (; i + 6 <= count; i += 6, x += 6 * columns, y += 6 * rows) {
            if (step == 2) TILE_PRODUCT(2, 6);
            else TILE_PRODUCT(1, 6);
        }
        for (; i < count; i++, x += columns, y += rows) {
            if (step == 2) TILE_PRODUCT(2, 1);
            else TILE_PRODUCT(1, 1);
        }
        at += step;
    }
}

CK_INLINE void root_mean_square(const float *x, size_t length, size_t count, float epsilon, float *y) {
    for (size_t i = 0; i < count; i++, x += length, y += length) {
        f32x16 lanes = {};
        size_t t = 0;
        for (; t + 16 <= length; t += 16) lanes += LOAD(x + t) * LOAD(x + t);
        float sum = sum_lanes(&lanes);
        for (size_t u = t; u < length; u++) sum += x[u] * x[u];
        const float scale = 1 / sqrtf(sum / (float)length + epsilon);
        for (size_t u = 0; u < length; u++) y[u] = x[u] * scale;
    }
}

CK_INLINE void relu_square(float *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const float above = x[i] > 0 ? x[i] : 0;
        x[i] = above * above;
    }
}

#define LEVEL(NAME, TARGET, WIDE)                                                                                  \
    TARGET static void product_##NAME(const ck_matrix *matrix, const float *x, size_t count, float *y) {           \
        matrix_product(matrix, x, count, y, WIDE);                                                                 \
    }                                                                                                              \
    TARGET static void mean_##NAME(const float *x, size_t length, size_t count, float epsilon, float *y) {         \
        root_mean_square(x, length, count, epsilon, y);                                                            \
    }                                                                                                              \
    TARGET static void square_##NAME(float *x, size_t count) { relu_square(x, count); }

LEVEL(portable, , 0)
#if defined(__x86_64__)
LEVEL(avx2, TARGET_AVX2, 0)
LEVEL(avx512, TARGET_AVX512, 1)
#endif

void ck_matrix_product(const ck_matrix *matrix, const float *x, size_t count, float *y) {
    DISPATCH(product, matrix, x, count, y);
}

void ck_root_mean_square(const float *x, size_t length, size_t count, float epsilon, float *y) {
    DISPATCH(mean, x, length, count, epsilon, y);
}

void ck_relu_square(float *x, size_t count) { DISPATCH(square, x, count); }

void ck_add_floats(float *x, const float *y, size_t count) {
    for (size_t i = 0; i < count; i++) x[i] += y[i];
}
