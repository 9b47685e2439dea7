// Twins of src/tidegate/ops/repeat.py and reshape.py. Exact forward; the numbers may be float or int32.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: T copies, F. x (B, F); out y (B, T, F).
inline void repeat_forward(const Args& a) {
    const int64_t T = a.n[0], n = a.rows * a.n[1];
    for (int64_t t = 0; t < T; ++t) std::memcpy(a.at(1) + t * n, a.at(0), n * sizeof(float));  // 1
}

// x and y null, dy (B, T, F); out dx (B, F) or null.
inline void repeat_backward(const Args& a) {
    const int64_t T = a.n[0], n = a.rows * a.n[1];
    float* dx = a.at(6);
    if (dx == nullptr) return;
    std::memset(dx, 0, n * sizeof(float));
    for (int64_t t = 0; t < T; ++t) map2(dx, a.at(2) + t * n, dx, n, [](vec s, vec d) { return s + d; });  // undo 1
}

// Copies samples that lie as [S][B][I] to where they lie as [T][B][J], with S * I = T * J numbers each.
inline void relay(const float* x, int64_t S, int64_t I, float* y, int64_t T, int64_t J, int64_t B) {
    if (S == T) {
        std::memcpy(y, x, B * S * I * sizeof(float));
        return;
    }
    for (int64_t k = 0; k < S * I;) {  // the run of numbers from the kth on that both hold in one piece
        const int64_t s = k / I, i = k % I, t = k / J, j = k % J;
        const int64_t run = I - i < J - j ? I - i : J - j;
        for (int64_t b = 0; b < B; ++b)
            std::memcpy(y + (t * B + b) * J + j, x + (s * B + b) * I + i, run * sizeof(float));
        k += run;
    }
}

// n: steps of x, numbers in each, steps of y, numbers in each. x (B, ...); out y (B, ...).
inline void reshape_forward(const Args& a) { relay(a.at(0), a.n[0], a.n[1], a.at(1), a.n[2], a.n[3], a.rows); }

// x and y null, dy (B, ...); out dx (B, ...) or null.
inline void reshape_backward(const Args& a) {
    if (a.at(6) != nullptr) relay(a.at(2), a.n[2], a.n[3], a.at(6), a.n[0], a.n[1], a.rows);  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
