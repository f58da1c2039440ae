// Selection of floats with NEON, four at a time.

TARGET_NEON static size_t keep_neon(uint32_t *ids, float *x, size_t count, float low) {
    const float32x4_t bound = vdupq_n_f32(low);
    size_t kept = 0, i = 0;
    // Whole vectors alone: those written end where those read do.
    for (; i + 4 <= count; i += 4) {
        const float32x4_t v = vld1q_f32(x + i);
        const uint32_t passes = ~bits4(vcltq_f32(v, bound)) & 0xf;
        kept += compress4(passes, vld1q_u32(ids + i), v, ids + kept, x + kept);
    }
    for (; i < count; i++) {
        const float v = x[i];
        ids[kept] = ids[i];
        x[kept] = v;
        kept += !(v < low);
    }
    return kept;
}

TARGET_NEON static size_t list_neon(const float *x, size_t count, float low, uint32_t *places, float *listed) {
    const float32x4_t bound = vdupq_n_f32(low);
    size_t found = 0, i = 0;
    for (; i + 4 <= count; i += 4) {
        const float32x4_t v = vld1q_f32(x + i);
        const uint32_t passes = bits4(vcgeq_f32(v, bound));
        if (!passes) continue;
        if (places) vst1q_u32(places + found, compressed4(passes, counted4(i)));
        vst1q_f32(listed + found, vreinterpretq_f32_u32(compressed4(passes, vreinterpretq_u32_f32(v))));
        found += (size_t)__builtin_popcount(passes);
    }
    for (; i < count; i++) {
        if (places) places[found] = (uint32_t)i;
        listed[found] = x[i];
        found += x[i] >= low;
    }
    return found;
}

TARGET_NEON static size_t band_neon(
    const float *x, size_t count, float low, float high, uint32_t *places, size_t *above) {
    const float32x4_t least = vdupq_n_f32(low), most = vdupq_n_f32(high);
    size_t found = 0, over = 0, i = 0;
    for (; i + 4 <= count; i += 4) {
        const float32x4_t v = vld1q_f32(x + i);
        const uint32x4_t below = vcltq_f32(v, least), beyond = vcgtq_f32(v, most);
        over += (size_t)__builtin_popcount(bits4(beyond));
        const uint32_t within = ~bits4(vorrq_u32(below, beyond)) & 0xf;
        if (!within) continue;
        vst1q_u32(places + found, compressed4(within, counted4(i)));
        found += (size_t)__builtin_popcount(within);
    }
    for (; i < count; i++) {
        places[found] = (uint32_t)i;
        found += !(x[i] < low) & !(x[i] > high);
        over += x[i] > high;
    }
    *above = over;
    return found;
}
