#include "net/net_driver.h"

#include <math.h>

#include "ckernels.h"
#include "machine/placement.h"

SMALL_BEGIN

size_t ck_net_cell_of(int32_t d, int32_t parts, const double *borders, const float *q) {
    int32_t face = 0;
    for (int32_t t = 1; t < d; t++)
        if (fabsf(q[t]) > fabsf(q[face])) face = t;
    const double scale = 1 / fabs((double)q[face]);
    size_t cell = 2 * (size_t)face + (q[face] < 0);
    for (int32_t t = 0; t < d; t++) {
        if (t == face) continue;
        const double x = q[t] * scale;
        int32_t low = 0, high = parts;
        while (high - low > 1) {
            const int32_t middle = (low + high) / 2;
            if (x >= borders[middle]) low = middle;
            else high = middle;
        }
        cell = cell * (size_t)parts + (size_t)low;
    }
    return cell;
}

int ck_find_net(const void *index, const ck_half_space *half, ck_sink *sink) {
    const ck_net_index *net = index;
    __builtin_prefetch(net);
    ck_tree_fetch_step(half, sink);
    // A search would wait for one line after the other.
    for (int32_t i = 0; i <= net->parts; i += 8) __builtin_prefetch(net->borders + i);
    double squares = 0;
    for (size_t t = 0; t < half->d; t++) squares += (double)half->vector[t] * (double)half->vector[t];
    const ck_tree *tree = net->all.tree;
    if (squares > 0) {
        const ck_net_cell *cell = net->cells + ck_net_cell_of(net->d, net->parts, net->borders, half->vector);
        if (half->threshold * ck_root(half->d) / sqrt(squares) >= cell->least) tree = cell->tree;
    }
    // What a tree is described by lies side by side.
    for (int i = 0; i < 6; i++) __builtin_prefetch((const char *)tree + 64 * i);
    // What a cell leaves out lies outside.
    if (sink->trace) ck_trace_group(sink->trace, net->all.tree->count - tree->count, half->threshold);
    return ck_tree_find(tree, &net->all.room, half, sink);
}

SMALL_END
