// Walks along a row of N numbers that the kernels of the last axis share: N is small and seldom a multiple of LANES.
#pragma once

#include "math.hpp"

namespace tidegate::TIDEGATE_ISA {

// The sum of f(x) over a row.
template <class F>
TIDEGATE_INLINE float row_sum(const float* x, int64_t N, F f) {
    vec s = {};
    int64_t k = 0;
    for (; k + LANES <= N; k += LANES) s += f(load(x + k));
    if (k < N) s += keep_part(f(load_part(x + k, N - k)), N - k, vec{});
    return sum(s);
}

// The sum of f(x, w) over two rows.
template <class F>
TIDEGATE_INLINE float row_sum2(const float* x, const float* w, int64_t N, F f) {
    vec s = {};
    int64_t k = 0;
    for (; k + LANES <= N; k += LANES) s += f(load(x + k), load(w + k));
    if (k < N) s += keep_part(f(load_part(x + k, N - k), load_part(w + k, N - k)), N - k, vec{});
    return sum(s);
}

// The largest number of a row.
TIDEGATE_INLINE float row_largest(const float* x, int64_t N) {
    const vec least = all(-INFINITE);
    vec m = least;
    int64_t k = 0;
    for (; k + LANES <= N; k += LANES) m = vmax(m, load(x + k));
    if (k < N) m = vmax(m, keep_part(load_part(x + k, N - k), N - k, least));
    return largest(m);
}

// The first place of the largest number of a row; that of a NaN if there is one.
inline int64_t row_argmax(const float* x, int64_t N) {
    int64_t best = 0;
    for (int64_t k = 0; k < N; ++k) {
        if (x[k] != x[k]) return k;
        if (x[k] > x[best]) best = k;
    }
    return best;
}

}  // namespace tidegate::TIDEGATE_ISA
