// Twins of src/tidegate/ops/pooling.py. The largest number is exact; a mean has the error of a sum.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(step of y, first step of x, step of x behind the last) for each window; n: T, steps of y, F, size, strides, left.
template <class F>
TIDEGATE_INLINE void each_window(const Args& a, F f) {
    for (int64_t o = 0; o < a.n[1]; ++o) {
        const int64_t first = o * a.n[4] - a.n[5];
        f(o, std::max<int64_t>(first, 0), std::min(first + a.n[3], a.n[0]));
    }
}

// x (B, T, F); out y (B, To, F).
inline void max_pool1d_forward(const Args& a) {
    const int64_t n = a.rows * a.n[2];  // numbers of a step
    each_window(a, [&](int64_t o, int64_t first, int64_t end) {
        const float* x = a.at(0);
        float* y = a.at(1) + o * n;
        std::memcpy(y, x + first * n, n * sizeof(float));
        for (int64_t t = first + 1; t < end; ++t)  // 1: a NaN on either side stays
            map2(y, x + t * n, y, n, [](vec best, vec v) { return select((v > best) | (v != v), v, best); });
    });
}

// x (B, T, F), y (B, To, F), dy (B, To, F); out dx (B, T, F) or null.
inline void max_pool1d_backward(const Args& a) {
    const int64_t n = a.rows * a.n[2];
    float* dx = a.at(6);
    if (dx == nullptr) return;
    std::memset(dx, 0, a.n[0] * n * sizeof(float));
    each_window(a, [&](int64_t o, int64_t first, int64_t end) {
        const float *x = a.at(0), *y = a.at(1) + o * n, *dy = a.at(2) + o * n;
        for (int64_t k = 0; k < n; k += LANES) {
            const int64_t some = n - k;
            const vec best = load_up_to(y + k, some);
            vec left = load_up_to(dy + k, some);  // what no step has taken yet
            for (int64_t t = first; t < end; ++t) {
                const ivec hit = load_up_to(x + t * n + k, some) == best;
                float* to = dx + t * n + k;
                store_up_to(to, load_up_to(to, some) + select(hit, left, vec{}), some);  // undo 1
                left = select(hit, vec{}, left);
            }
        }
    });
}

// x (B, T, F); out y (B, To, F).
inline void average_pool1d_forward(const Args& a) {
    const int64_t n = a.rows * a.n[2];
    each_window(a, [&](int64_t o, int64_t first, int64_t end) {
        const float* x = a.at(0);
        float* y = a.at(1) + o * n;
        const vec share = all(1 / static_cast<float>(end - first));
        std::memcpy(y, x + first * n, n * sizeof(float));
        for (int64_t t = first + 1; t < end; ++t) map2(y, x + t * n, y, n, [](vec s, vec v) { return s + v; });
        map(y, y, n, [&](vec s) { return s * share; });  // 1
    });
}

// x and y null, dy (B, To, F); out dx (B, T, F) or null.
inline void average_pool1d_backward(const Args& a) {
    const int64_t n = a.rows * a.n[2];
    float* dx = a.at(6);
    if (dx == nullptr) return;
    std::memset(dx, 0, a.n[0] * n * sizeof(float));
    each_window(a, [&](int64_t o, int64_t first, int64_t end) {
        const vec share = all(1 / static_cast<float>(end - first));
        for (int64_t t = first; t < end; ++t)
            map2(dx + t * n, a.at(2) + o * n, dx + t * n, n, [&](vec s, vec d) { return s + d * share; });  // undo 1
    });
}

}  // namespace tidegate::TIDEGATE_ISA
