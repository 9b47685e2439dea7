// Twins of src/tidegate/ops/repeat.py, reshape.py, reverse.py, concatenate.py, zero_masked.py and take_steps.py. Exact forward; the
// numbers may be float or int32.
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

// Turns the order of T steps of `width` numbers each.
inline void turn(const float* x, float* y, int64_t T, int64_t width) {
    for (int64_t t = 0; t < T; ++t) std::memcpy(y + t * width, x + (T - 1 - t) * width, width * sizeof(float));
}

inline void turn_all(const Args& a, const float* x, float* y) {
    const int64_t T = a.n[0];
    if (a.n[2] == 0) {
        turn(x, y, T, a.rows * a.n[1]);
    } else {
        for (int64_t b = 0; b < a.rows; ++b) turn(x + b * T, y + b * T, T, 1);
    }
}

// n: T, numbers of a step, 1 where the steps of a sample lie together, (B, T). x (B, T, ...); out y (B, T, ...).
inline void reverse_forward(const Args& a) { turn_all(a, a.at(0), a.at(1)); }  // 1

// x and y null, dy (B, T, ...); out dx (B, T, ...) or null.
inline void reverse_backward(const Args& a) {
    if (a.at(6) != nullptr) turn_all(a, a.at(2), a.at(6));  // undo 1
}

// n: positions of a sample, M, N. a (..., M), b (..., N); out y (..., M + N).
inline void concatenate_forward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], M = a.n[1], N = a.n[2];
    for (int64_t r = 0; r < rows; ++r) {
        float* y = a.at(2) + r * (M + N);
        std::memcpy(y, a.at(0) + r * M, M * sizeof(float));
        std::memcpy(y + M, a.at(1) + r * N, N * sizeof(float));  // 1
    }
}

// a, b and y null, dy (..., M + N); out da (..., M), db (..., N) or null.
inline void concatenate_backward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], M = a.n[1], N = a.n[2];
    float *da = a.at(7), *db = a.at(8);
    for (int64_t r = 0; r < rows; ++r) {
        const float* dy = a.at(3) + r * (M + N);
        if (da != nullptr) std::memcpy(da + r * M, dy, M * sizeof(float));
        if (db != nullptr) std::memcpy(db + r * N, dy + M, N * sizeof(float));  // undo 1
    }
}

// y (B, T, F) = x where mask (B, T) is not 0, else 0; n: T, F.
inline void keep_where(const Args& a, const float* x, const float* mask, float* y) {
    const int64_t T = a.n[0], F = a.n[1];
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < a.rows; ++b) {
            const int64_t at = (t * a.rows + b) * F;
            if (mask[b * T + t] != 0)
                std::memcpy(y + at, x + at, F * sizeof(float));
            else
                std::memset(y + at, 0, F * sizeof(float));
        }
}

// n: T, F. x (B, T, F), mask (B, T); out y (B, T, F).
inline void zero_masked_forward(const Args& a) { keep_where(a, a.at(0), a.at(1), a.at(2)); }  // 1

// x and y null, mask (B, T), dy (B, T, F); out dx (B, T, F) or null, none for mask.
inline void zero_masked_backward(const Args& a) {
    if (a.at(7) != nullptr) keep_where(a, a.at(3), a.at(1), a.at(7));  // undo 1
}

// n: T, numbers of a step, steps of y, then for each of these a step of x, or -1 for zeros. x (B, T, ...); out y (B, To, ...).
inline void take_steps_forward(const Args& a) {
    const int64_t width = a.rows * a.n[1];
    for (int64_t t = 0; t < a.n[2]; ++t) {
        const int64_t from = a.n[3 + t];
        if (from >= 0)
            std::memcpy(a.at(1) + t * width, a.at(0) + from * width, width * sizeof(float));  // 1
        else
            std::memset(a.at(1) + t * width, 0, width * sizeof(float));  // 2
    }
}

// x and y null, dy (B, To, ...); out dx (B, T, ...) or null.
inline void take_steps_backward(const Args& a) {
    const int64_t width = a.rows * a.n[1];
    float* dx = a.at(6);
    if (dx == nullptr) return;
    std::memset(dx, 0, a.n[0] * width * sizeof(float));
    for (int64_t t = 0; t < a.n[2]; ++t)
        if (const int64_t from = a.n[3 + t]; from >= 0)
            map2(dx + from * width, a.at(2) + t * width, dx + from * width, width,
                 [](vec s, vec d) { return s + d; });  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
