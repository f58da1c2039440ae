// A byte of code for each entry of keys, with sound bounds, read by many queries while they lie in the cache.
#ifndef CK_BYTE_CODES_H
#define CK_BYTE_CODES_H

#include <stddef.h>
#include <stdint.h>

/// The largest codes of keys; those of queries reach the former. Sums of products of fine codes need 32 bits; two of coarse
/// ones fit 16 and so do whole sums with a query that is coded for them, which processors without an instruction for the former
/// read twice as fast.
enum { CK_CODE_FINE = 127, CK_CODE_COARSE = 63 };

/// CK_CODE_FINE or CK_CODE_COARSE, whichever is faster here.
int32_t ck_code_most(void);

/// Blocks of 64 keys. A key of block i is about scale[i] (code - most - 1); the rest of no key of the block is longer than
/// rest[i], and no key longer than reach[i].
typedef struct {
    /// [block][group of 4 dimensions][64 keys][4], groups = (d + 3) / 4; of coarse codes [block][pair of dimensions][64 keys][2],
    /// as many bytes, where of 32 keys the second eight and the third have changed places.
    const uint8_t *codes;
    const float *scale, *rest, *reach;
    size_t count;
    int32_t groups;
    /// CK_CODE_FINE or CK_CODE_COARSE.
    int32_t most;
    /// What ``ck_code_longest`` returns: with it queries are coded.
    float longest;
} ck_codes;

/// A query in codes: about step times code; `sum` is the sum of its codes, `rest` and `norm` bound the length of what is
/// left and of what is coded.
typedef struct {
    const int8_t *codes;
    int32_t sum;
    float step, rest, norm;
} ck_coded_query;

/// Codes `count` (at most 64) row-major keys, with `most` as the codes say, into one block; rows past count become zeros.
void ck_code_block(
    const float *keys, size_t count, int32_t d, int32_t most, uint8_t *codes, float *scale, float *rest, float *reach);

/// A bound of the length of every key of the first `blocks` blocks, in codes.
float ck_code_longest(const ck_codes *codes, size_t blocks);

/// Codes a query for keys; `codes` has room for groups * 4 bytes.
void ck_code_query(const float *query, int32_t d, const ck_codes *keys, int8_t *codes, ck_coded_query *coded);

/// Lists the keys of blocks first ..< last whose dot product with the query may be >= lower; ids start at 64 * first and
/// have room for 64 a block and 16 more. Returns how many.
size_t ck_code_candidates(
    const ck_codes *codes, size_t first, size_t last, const ck_coded_query *query, float lower, uint32_t *ids);

/// The same for `count` queries, `tile` blocks at a time while they lie in the first-level cache: the candidates of query i
/// are added to the found[i] that stand at ids + i * stride.
void ck_code_scan(
    const ck_codes *codes, size_t first, size_t last, size_t tile, const ck_coded_query *queries, const float *lower,
    size_t count, uint32_t *ids, size_t stride, size_t *found);

/// The float32 dot products of listed rows, kept where >= lower; both lists, with room for 16 more, shrink in place.
/// `q` is padded with zeros to a multiple of 16; rows are readable and finite for 16 floats past their end.
size_t ck_code_verify(
    const float *keys, int32_t d, const float *q, float lower, uint32_t *ids, float *dots, size_t count);

#endif
