// Twin of src/tidegate/ops/dropout.py. Exact: the same random bits.
#pragma once

#include "kernel.hpp"

namespace tidegate::TIDEGATE_ISA {

// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
inline uint64_t mix(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

// y = x / (1 - rate) where the random number of its place is at least `rate`, else 0.
// n: T, numbers of a step I, seed; f: rate. x and y lie as [T][B][I]; a number's place is its place in the batch by sample.
inline void drop(const Args& a, const float* x, float* y) {
    constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15u;
    const int64_t T = a.n[0], I = a.n[1], B = a.rows;
    const uint64_t key = mix(static_cast<uint64_t>(a.n[2]) + mix((static_cast<uint64_t>(a.step) + 1) * GOLDEN));
    const float rate = static_cast<float>(a.f[0]), scale = static_cast<float>(1 / (1 - a.f[0]));
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < B; ++b) {
            const uint64_t place = static_cast<uint64_t>(((a.row0 + b) * T + t) * I) + 1;
            const float* from = x + (t * B + b) * I;
            float* to = y + (t * B + b) * I;
            for (int64_t i = 0; i < I; ++i) {
                const auto bits = static_cast<int32_t>(mix(key + (place + static_cast<uint64_t>(i)) * GOLDEN) >> 40);
                to[i] = from[i] * (static_cast<float>(bits) * 0x1p-24f >= rate ? scale : 0.f);
            }
        }
}

// x (B, ...); out y (B, ...).
inline void dropout_forward(const Args& a) { drop(a, a.at(0), a.at(1)); }  // 1

// x and y null, dy (B, ...); out dx (B, ...) or null.
inline void dropout_backward(const Args& a) {
    if (a.at(6) != nullptr) drop(a, a.at(2), a.at(6));  // undo 1: the same numbers are drawn again
}

}  // namespace tidegate::TIDEGATE_ISA
