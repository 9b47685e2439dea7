// Twin of src/tidegate/ops/dense.py.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "tile.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: P positions, K, N, whether positions are of each sample (then M = rows * P, else M = P). Panels: W (K, N), then Wᵀ (N, K).
// Scratch of backward: dy with rows padded to whole vectors, and dW with such rows.
inline Sizes dense_sizes(const int64_t* n, const double*, int64_t rows) {
    const int64_t M = (n[3] ? rows : 1) * n[0], K = n[1], N = n[2];
    Sizes s;
    s.panels = (K * padded(N) + N * padded(K)) * static_cast<int64_t>(sizeof(float));
    s.scratch = ((N == padded(N) ? 0 : M * padded(N)) + (K + 1) * padded(N)) * static_cast<int64_t>(sizeof(float));
    return s;
}

// x null, W (K, N), b null; panels out.
inline void dense_pack(const Args& a) {
    const int64_t K = a.n[1], N = a.n[2];
    const float* W = a.at(1);
    float* panels = a.at(3);
    pack_panels(W, N, K, N, panels);
    pack_transposed(W, N, N, K, panels + K * padded(N), [&](auto run) { run(0, 0, N); });
}

// x (M, K), W, b (N) or null; out y (M, N).
inline void dense_forward(const Args& a) {
    const int64_t M = (a.n[3] ? a.rows : 1) * a.n[0], K = a.n[1], N = a.n[2];
    product(a.at(0), K, a.at(6), a.at(2), nullptr, 0, a.at(3), N, M, K, N);
}

// x (M, K), W, b, y null, dy (M, N); out dx (M, K) or null, dW (K, N) or null, db (N) or null.
inline void dense_backward(const Args& a) {
    const int64_t M = (a.n[3] ? a.rows : 1) * a.n[0], K = a.n[1], N = a.n[2], P = padded(N);
    const float *x = a.at(0), *dy = a.at(4), *panels = a.at(7);
    float *dx = a.at(8), *dW = a.at(9), *db = a.at(10), *sum = a.at(6);  // sum: dW and db with rows of P
    const float* wide = dy;                                              // dy with rows of P
    if (P != N) {
        float* to = sum + (K + 1) * P;
        for (int64_t m = 0; m < M; ++m) {
            std::memcpy(to + m * P, dy + m * N, N * sizeof(float));
            std::memset(to + m * P + N, 0, (P - N) * sizeof(float));
        }
        wide = to;
    }
    if (dW != nullptr) {
        add_outer(x, K, 0, wide, P, 0, 1, sum, P, M, K, P, true);
        for (int64_t k = 0; k < K; ++k) std::memcpy(dW + k * N, sum + k * P, N * sizeof(float));
    }
    if (db != nullptr) {
        float* row = sum + K * P;
        std::memset(row, 0, P * sizeof(float));
        add_rows(wide, P, row, M, P);
        std::memcpy(db, row, N * sizeof(float));
    }
    if (dx != nullptr) product_transposed(dy, N, panels + K * P, nullptr, 0, dx, K, M, N, K);
}

}  // namespace tidegate::TIDEGATE_ISA
