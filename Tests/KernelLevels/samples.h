// What the comparisons need: random rows, memory, and checks that are counted.
#ifndef SAMPLES_H
#define SAMPLES_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

static int failures, checks;
static uint64_t state = 1;

static double uniform(void) {
    uint64_t z = (state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static float normal(void) {
    double sum = -6;
    for (int i = 0; i < 12; i++) sum += uniform();
    return (float)sum;
}

/// Zeroed, at a line, with room past its end; it lives as long as the program.
static void *room(size_t bytes) {
    const size_t whole = (bytes + 4095) & ~(size_t)4095;
    return memset(aligned_alloc(4096, whole), 0, whole);
}

static void check(int holds, const char *what, size_t d, size_t n) {
    checks++;
    if (holds) return;
    failures++;
    printf("%s: %s differs at d = %zu, n = %zu\n", ck_level_name(ck_level()), what, d, n);
}

static int same(const void *a, size_t a_count, const void *b, size_t b_count, size_t size) {
    return a_count == b_count && memcmp(a, b, a_count * size) == 0;
}

static int near(double a, double b, double scale) { return fabs(a - b) <= 1e-4 * fmax(scale, fabs(b)); }

/// Whether an ascending list holds every key whose dot product with q reaches `lower`.
static int holds_members(
    const uint32_t *ids, size_t count, const float *keys, size_t stride, size_t d, size_t n, const float *q, double lower) {
    size_t at = 0;
    for (size_t j = 0; j < n; j++) {
        if (ck_exact_dot(q, keys + j * stride, d) < lower) continue;
        while (at < count && ids[at] < j) at++;
        if (at == count || ids[at] != j) return 0;
    }
    return 1;
}

/// Runs at every level of the processor but the portable one.
#define AT_EVERY_LEVEL                                                                                              \
    for (int level = 1; level < CK_LEVELS; level++)                                                                  \
        if (ck_level_serves(level, ck_features()) && ck_force_level(level) == level)

typedef struct {
    size_t d, n, stride;
    float *keys, *values, *q;
    double norm;
} sample;

static int compare(const void *a, const void *b) {
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/// Rows sorted by their first entry, so that those of a box are near each other; some are huge.
static sample made(size_t d, size_t n, size_t stride, int has_outliers) {
    sample s = {.d = d, .n = n, .stride = stride};
    s.keys = room((n + 64) * stride * sizeof(float));
    s.values = room((n + 64) * stride * sizeof(float));
    s.q = room((d + 64) * sizeof(float));
    for (size_t j = 0; j < n; j++)
        for (size_t t = 0; t < d; t++) {
            const float size = has_outliers && uniform() < 0.01 ? 40 : 1;
            s.keys[j * stride + t] = size * normal();
            s.values[j * stride + t] = normal();
        }
    qsort(s.keys, n, stride * sizeof(float), compare);
    for (size_t t = 0; t < d; t++) s.q[t] = normal();
    s.norm = sqrt(ck_exact_dot(s.q, s.q, d)) * (1 + 0x1p-40);
    return s;
}

#endif
