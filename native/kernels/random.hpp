// Twin of src/tidegate/ops/random.py: the same random bits; a normal number has an error of at most 1e-6.
#pragma once

#include <cmath>

#include "dropout.hpp"
#include "kernel.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: T, numbers of a step I, seed, kind (0 keep, 1 normal, 2 uniform), 1 for numbers of each sample; f: rate.
// x for its samples alone; out r, as [T][B][I] or [T][I]; a number's place is its place in the batch by sample.
inline void random_forward(const Args& a) {
    constexpr uint64_t GOLDEN = 0x9E3779B97F4A7C15u;
    const int64_t T = a.n[0], I = a.n[1], kind = a.n[3], B = a.n[4] != 0 ? a.rows : 1, row0 = a.n[4] != 0 ? a.row0 : 0;
    const uint64_t key = mix(static_cast<uint64_t>(a.n[2]) + mix((static_cast<uint64_t>(a.step) + 1) * GOLDEN));
    const float rate = static_cast<float>(a.f[0]);
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < B; ++b) {
            const uint64_t place = static_cast<uint64_t>(((row0 + b) * T + t) * I) + 1;
            float* r = a.at(1) + (t * B + b) * I;
            for (int64_t i = 0; i < I; ++i) {
                const uint64_t z = mix(key + (place + static_cast<uint64_t>(i)) * GOLDEN);
                const float u = static_cast<float>(static_cast<int32_t>(z >> 40)) * 0x1p-24f;
                const float v = static_cast<float>(static_cast<int32_t>((z >> 16) & 0xFFFFFF)) * 0x1p-24f;
                if (kind == 0)
                    r[i] = u >= rate ? 1.f : 0.f;
                else if (kind == 1)
                    r[i] = std::sqrt(-2 * std::log(u + 0x1p-24f)) * std::cos(6.28318530717958647692f * v);
                else
                    r[i] = u;
            }
        }
}

}  // namespace tidegate::TIDEGATE_ISA
