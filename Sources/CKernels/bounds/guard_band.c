#include "bounds/guard_band.h"
#include "bounds/score_error.h"

ck_guard ck_guard_band(double norm, double key_norm, double b, size_t d) {
    const double slack = ck_dot_error(d, norm * key_norm);
    const double threshold = b * ck_root(d);
    return (ck_guard){
        .lower = ck_rounded_down(threshold - slack), .upper = ck_rounded_up(threshold + slack), .threshold = threshold,
        .slack = slack};
}
