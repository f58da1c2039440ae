// Keys into boxes and their codes.
#ifndef CK_BOXES_ENCODE_H
#define CK_BOXES_ENCODE_H

#include "boxes/boxes.h"

/// Encodes nodes first ..< last from the keys: `step` in units of a leaf's root mean square. Entries are below 1e15.
void ck_boxes_encode(const ck_boxes *boxes, size_t first, size_t last, float step);

/// The sum of the leaves' largest error norms in some nodes for a step; it changes nothing.
double ck_boxes_error(const ck_boxes *boxes, size_t first, size_t last, float step);

#endif
