// The driver of a directory of query directions.
#ifndef CK_NET_DRIVER_H
#define CK_NET_DRIVER_H

#include "net/net.h"
#include "tree/tree_driver.h"

/// A cell of query directions: the tree of what can be reported to queries of at least this distance.
typedef struct {
    double least;
    const ck_tree *tree;
} ck_net_cell;

/// A directory of query directions: the faces of a cube around the origin, each cut along its d - 1 axes at `borders`
/// (parts + 1 of them, ascending, from -1 to 1).
typedef struct {
    int32_t d, parts;
    const double *borders;
    const ck_net_cell *cells;
    /// The tree over all keys, for queries of less distance.
    ck_tree_index all;
} ck_net_index;

/// The cell of a direction: q (d floats) of any length but 0.
size_t ck_net_cell_of(int32_t d, int32_t parts, const double *borders, const float *q);

/// Descends the tree of the cell of q's direction, or the one for all keys (`index` is a ck_net_index).
int ck_find_net(const void *index, const ck_half_space *half, ck_sink *sink);

#endif
