// Twin of src/tidegate/ops/embedding.py. Exact forward; backward adds in order of the steps.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(code, place of its row in y) for each code; n: T steps that lie by sample in codes and by step in y, the rest J, V, D.
template <class F>
TIDEGATE_INLINE void each_code(const Args& a, F f) {
    const int32_t* codes = a.at<int32_t>(0);
    const int64_t B = a.rows, T = a.n[0], J = a.n[1];
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < B; ++b)
            for (int64_t j = 0; j < J; ++j) f(codes[(b * T + t) * J + j], (t * B + b) * J + j);
}

// codes (B, ...) int32 in [0, V), table (V, D); out y (B, ..., D).
inline void embedding_forward(const Args& a) {
    const int64_t D = a.n[3];
    each_code(a, [&](int32_t code, int64_t at) {
        std::memcpy(a.at(2) + at * D, a.at(1) + code * D, D * sizeof(float));
    });  // 1
}

// codes, table null, y null, dy (B, ..., D); out no gradient of codes, dtable (V, D) or null.
inline void embedding_backward(const Args& a) {
    const int64_t V = a.n[2], D = a.n[3];
    float* dtable = a.at(8);
    if (dtable == nullptr) return;
    std::memset(dtable, 0, V * D * sizeof(float));
    each_code(a, [&](int32_t code, int64_t at) {  // undo 1: a row gets the sum over all its places
        float* row = dtable + code * D;
        map2(row, a.at(3) + at * D, row, D, [](vec s, vec d) { return s + d; });
    });
}

}  // namespace tidegate::TIDEGATE_ISA
