// A decode step, from query to output in one call: what is cold is then little code and few pages.
#ifndef CK_STEP_H
#define CK_STEP_H

#include <stddef.h>
#include <stdint.h>

#include "boxes/boxes.h"
#include "codes/packed_codes.h"
#include "scan/rows.h"
#include "scan/scan.h"
#include "tree/tree.h"

/// The longest key and value of a step.
enum { CK_STEP_MOST_KEYS = 256, CK_STEP_MOST_VALUES = 1024 };

/// A half-space {k : <q, k> / sqrt(d) >= threshold} with the weight max(0, s - threshold)^exponent, or exp(s - shift) where the
/// exponent is 0.
typedef struct {
    /// q, d floats padded with zeros to a multiple of 16, and the same divided by sqrt(d).
    const float *vector, *scaled;
    size_t d, dv;
    double threshold, shift;
    int32_t exponent;
    /// The norm of q, rounded up, and an upper bound of the keys' norms.
    double norm, key_norm;
} ck_step_query;

/// Entries first ..< first + count of a list, one part's: the key of an id at keys + id * key_stride, its value at values +
/// id * stride. Trees have null for values: they find them faster themselves.
typedef struct {
    const float *keys, *values;
    size_t key_stride, stride, first, count;
} ck_step_segment;

/// An index has no more parts than this.
enum { CK_STEP_MOST_PARTS = 64 };

/// The scores of a half-space with ids beside them: room for every key, and 64 a part more.
typedef struct {
    float *scores;
    uint32_t *ids;
    size_t count;
    ck_step_segment segments[CK_STEP_MOST_PARTS];
    size_t segment_count;
} ck_step_scores;

/// What the parts of an index add to.
typedef struct {
    /// If not null, only the scores are wanted, and added here.
    ck_step_scores *scores;
    /// `sum w v`, dv doubles.
    double *values;
    /// `sum w`.
    double weight;
    /// Keys in the half-space; without meaning unless `counted`, as when everything was read as dense attention does.
    size_t count;
    int32_t counted, used_moments;
    /// The largest score of the keys that were scored one by one.
    float largest;
    ck_tree_work work;
} ck_step_sum;

/// Adds a part's keys of the half-space; 0, with nothing meant by the sum, where float32 cannot hold what it takes.
typedef int (*ck_step_add)(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// A part of an index: how it adds, and what it hands to that.
typedef struct {
    ck_step_add add;
    const void *part;
} ck_step_part;

/// Rows first ..< last of a store.
typedef struct {
    ck_rows rows;
    size_t first, last;
} ck_step_rows;

/// The parts that answer together.
typedef struct {
    size_t d, dv;
    /// An upper bound of the norms of the keys.
    double key_norm;
    size_t count;
    const ck_step_part *parts;
    /// All rows, from 0 on, where everything is read as dense attention does, else null.
    const ck_step_rows *dense;
    /// Room for a float for every key, and 64 a part and 64 more, twice; `ids` as well.
    float *scores, *near;
    uint32_t *ids;
} ck_step;

enum { CK_STEP_RELU, CK_STEP_ENTMAX, CK_STEP_LARGEST };

/// What a step was asked and what it found, in the order in which it is touched.
typedef struct {
    /// Whether a kernel answered, and which; else nothing here is meant.
    int32_t answered, asked;
    /// The exponent of ReLU or entmax's alpha.
    double alpha;
    /// Of ReLU b; of softmax over the r largest the r-th largest score, by the definition; of entmax what its reader puts here.
    double threshold;
    double weight;
    size_t count;
    int32_t counted, used_moments;
    /// Of entmax and softmax: the largest score, and of entmax the one at which weights begin, in float32.
    float largest, cut;
    ck_tree_work work;
    /// q, padded.
    float vector[CK_STEP_MOST_KEYS + 16];
} ck_step_result;

/// ReLU^alpha attention of q (d floats) with threshold b: `output` gets `sum w v / sum w` (dv floats), 0 for an empty row.
/// Returns 0, and means nothing by the output, where q is not finite, where float32 cannot hold weights or sums, or where
/// the weights are hardly more than rounding: then a slower way has to answer.
int ck_step_relu(const ck_step *step, const float *q, double b, int alpha, float *output, ck_step_result *result);

/// Alpha-entmax of q (d floats). Where the step is dense: every key scored, tau solved on the scores near the largest, all
/// weights computed, every value read. Else tau is solved on the scores from `low` on, exact if it lies above; entmax is then
/// ReLU^(1 / (alpha - 1)) attention with the threshold at which weights begin. Returns 0, and means nothing by the output,
/// where q is not finite, where float32 cannot say how far below the largest a score lies, where tau lies below `low`, where
/// alpha > 2 (small weights rise steeply: float64 is needed) and, unless dense, where 1 / (alpha - 1) is no natural number.
int ck_step_entmax(const ck_step *step, const float *q, double alpha, double low, float *output, ck_step_result *result);

/// Softmax of q (d floats) over its r largest scores and what ties with the last of them, by the definition of membership;
/// `weight` is sum exp(s - largest). Returns 0, and means nothing by the output, where q is not finite, where float32 cannot
/// hold scores or sums, where the step is dense, and where fewer than r keys, or hardly more, lie above `low`.
int ck_step_largest(const ck_step *step, const float *q, size_t r, double low, float *output, ck_step_result *result);

/// For a part that has no such way: the step is refused.
int ck_step_refuse(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// Everything is read, as dense attention does (`part` is a ck_step_rows).
int ck_step_add_dense(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// Every key is scored and the values of members are read (`part` is a ck_step_rows).
int ck_step_add_scan(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// Members that a part lists before it adds them, parallel.
typedef struct {
    uint32_t *ids;
    float *dots, *weights;
} ck_step_list;

/// Adds listed members, or their scores where those are wanted; `from` says where their keys and values are, `sums` (dv floats)
/// gets `sum w v`.
void ck_step_add_listed(
    const ck_step_query *query, const ck_step_segment *from, const ck_step_list *list, size_t listed, float *sums,
    ck_step_sum *sum);

/// Groups of coded keys whose candidates are listed before they are tested: few stretches, since the first fetches of each are
/// waited for, of lists that stay in the nearer caches.
enum { CK_STEP_GROUPS = 1024 };

/// Queries beyond this could take the bounds of coded keys out of float32.
#define CK_CODED_MOST_NORM 1e15

/// Coded keys with the rows that they stand for, and memory to work in: lists of CK_STEP_GROUPS groups and 64 more.
typedef struct {
    ck_coded coded;
    const float *keys, *values;
    size_t groups;
    ck_key_query *query;
    ck_step_list list;
} ck_step_codes;

/// The scan of codes, with float32 of those that the bound leaves (`part` is a ck_step_codes).
int ck_step_add_codes(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// Leaves of boxes whose candidates are listed before they are tested.
enum { CK_STEP_LEAVES = 2048 };

/// Queries and keys beyond this could take the bounds of boxes out of float32.
#define CK_BOXES_MOST_NORM 1e15

/// Keys in boxes with their values (value j at values + j * stride of the boxes), and memory to work in: lists of all nodes
/// and leaves, and of CK_STEP_LEAVES leaves' keys.
typedef struct {
    ck_boxes boxes;
    const float *values;
    ck_boxes_query *query;
    uint32_t *nodes, *leaves;
    float *node_dots;
    int32_t *leasts;
    ck_step_list list;
} ck_step_boxes;

/// The descent through boxes, codes inside them, records of what those leave (`part` is a ck_step_boxes).
int ck_step_add_boxes(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// The row of the key in a slot of boxes: positions[slot] + first_row.
typedef struct {
    const uint32_t *positions;
    uint32_t first_row;
} ck_step_rename;

/// The same for a query that is prepared for the boxes already: float32 of the keys in `from` that codes leave, under their slots
/// or, if `rename` is not null, their rows.
void ck_step_add_boxed(
    const ck_step_boxes *all, const ck_step_rename *rename, const ck_step_segment *from, const ck_step_query *query,
    const ck_guard *band, ck_step_sum *sum);

/// The descent of a partition tree (`part` is a ck_step_tree).
int ck_step_add_tree(const void *part, const ck_step_query *query, ck_step_sum *sum);

/// A tree and, where one of more than CK_TREE_SMALL leaves or values longer than CK_TREE_NARROW is asked, memory to work in.
typedef struct {
    const ck_tree *tree;
    ck_tree_room room;
} ck_step_tree;

/// The tree of the cell of q's direction, or the one for all keys (`part` is a ck_net).
int ck_step_add_net(const void *part, const ck_step_query *query, ck_step_sum *sum);

#endif
