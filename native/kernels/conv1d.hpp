// Twins of src/tidegate/ops/conv1d.py and depthwise_conv1d.py.
//
// A sequence lies as [T][B][C], so what a place of the window shows, over all windows that follow step by step, is one matrix:
// with strides of 1 all windows are one product, else one product for each window.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "tile.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Conv {
    int64_t T, To, K, C, N, strides, dilation, G, B;  // C channels and N / G filters of a group
    explicit Conv(const int64_t* n, int64_t rows)
        : T(n[0]), To(n[1]), K(n[2]), C(n[3]), N(n[4]), strides(n[5]), dilation(n[6]), G(n[7]), B(rows) {}
    int64_t filters() const { return N / G; }
    int64_t products() const { return strides == 1 ? 1 : To; }  // how many, and the rows of each
    int64_t height() const { return strides == 1 ? To * B : B; }
    int64_t x_row() const { return G * C; }
    int64_t forward_panel() const { return K * C * padded(filters()); }
    int64_t backward_panel() const { return K * filters() * padded(C); }
};

// n: T, steps of y, K, C, N, strides, dilation, G. Panels: for each group W (K C, N / G), then for each group and place of the
// window Wᵀ (N / G, C). Scratch of backward: dy with each group's rows padded to whole vectors, and dW of a group with such rows.
inline Sizes conv1d_sizes(const int64_t* n, const double*, int64_t rows) {
    const Conv c(n, rows);
    const int64_t P = padded(c.filters());
    Sizes s;
    s.panels = c.G * (c.forward_panel() + c.backward_panel()) * static_cast<int64_t>(sizeof(float));
    s.scratch = (c.To * c.B * c.G * P + (c.K * c.C + 1) * P) * static_cast<int64_t>(sizeof(float));
    return s;
}

// x null, W (K, C, N), b null; panels out.
inline void conv1d_pack(const Args& a) {
    const Conv c(a.n, 1);
    const int64_t M = c.filters();
    const float* W = a.at(1);
    float* panel = a.at(3);
    for (int64_t g = 0; g < c.G; ++g, panel += c.forward_panel()) pack_panels(W + g * M, c.N, c.K * c.C, M, panel);
    for (int64_t g = 0; g < c.G; ++g)
        for (int64_t k = 0; k < c.K; ++k, panel += M * padded(c.C))
            pack_transposed(W + k * c.C * c.N + g * M, c.N, M, c.C, panel, [&](auto run) { run(0, 0, M); });
}

// x (B, T, G C), W, b (N) or null; out y (B, To, N).
inline void conv1d_forward(const Args& a) {
    const Conv c(a.n, a.rows);
    const int64_t M = c.filters(), row = c.x_row(), place = c.dilation * c.B * row;
    for (int64_t g = 0; g < c.G; ++g)
        for (int64_t o = 0; o < c.products(); ++o) {
            const float* x = a.at(0) + o * c.strides * c.B * row + g * c.C;
            const float* bias = a.at(2) == nullptr ? nullptr : a.at(2) + g * M;
            float* y = a.at(3) + o * c.B * c.N + g * M;
            over_columns(M, [&]<int V>(int64_t first) {
                const float* b = a.at(6) + g * c.forward_panel() + first * LANES * c.K * c.C;
                over_rows<V>(c.height(), [&]<int R>(int64_t m) {
                    Tile<R, V> tile;
                    clear(tile);
                    for (int64_t k = 0; k < c.K; ++k)  // 1
                        multiply(tile, x + m * row + k * place, row, 1, b + k * c.C * V * LANES, V * LANES, c.C);
                    unroll<V>([&](auto v) __attribute__((always_inline)) {
                        const int64_t column = (first + v) * LANES, left = M - column;
                        const vec add = bias == nullptr ? vec{} : load_up_to(bias + column, left);
                        unroll<R>([&](auto r) __attribute__((always_inline)) {
                            store_up_to(y + (m + r) * c.N + column, tile.at[r][v] + add, left);  // 2
                        });
                    });
                });
            });
        }
}

// x (B, T, G C), W, b and y null, dy (B, To, N); out dx (B, T, G C) or null, dW (K, C, N) or null, db (N) or null.
inline void conv1d_backward(const Args& a) {
    const Conv c(a.n, a.rows);
    const int64_t M = c.filters(), P = padded(M), row = c.x_row(), place = c.dilation * c.B * row,
                  all_rows = c.To * c.B;
    const float *x = a.at(0), *dy = a.at(4), *panels = a.at(7) + c.G * c.forward_panel();
    float *dx = a.at(8), *dW = a.at(9), *db = a.at(10);
    float *wide = a.at(6), *sum = wide + all_rows * c.G * P, *bias = sum + c.K * c.C * P;
    for (int64_t m = 0; m < all_rows; ++m)
        for (int64_t g = 0; g < c.G; ++g) {
            float* to = wide + (m * c.G + g) * P;
            std::memcpy(to, dy + m * c.N + g * M, M * sizeof(float));
            std::memset(to + M, 0, (P - M) * sizeof(float));
        }
    for (int64_t g = 0; g < c.G; ++g) {
        if (db != nullptr) {
            std::memset(bias, 0, P * sizeof(float));
            add_rows(wide + g * P, c.G * P, bias, all_rows, P);  // undo 2
            std::memcpy(db + g * M, bias, M * sizeof(float));
        }
        if (dW == nullptr) continue;
        std::memset(sum, 0, c.K * c.C * P * sizeof(float));
        for (int64_t k = 0; k < c.K; ++k)  // undo 1
            add_outer(x + g * c.C + k * place, row, c.strides * c.B * row, wide + g * P, c.G * P, c.B * c.G * P,
                      c.products(), sum + k * c.C * P, P, c.height(), c.C, P);
        for (int64_t k = 0; k < c.K * c.C; ++k) std::memcpy(dW + k * c.N + g * M, sum + k * P, M * sizeof(float));
    }
    if (dx == nullptr) return;
    std::memset(dx, 0, c.T * c.B * row * sizeof(float));
    for (int64_t g = 0; g < c.G; ++g)
        for (int64_t k = 0; k < c.K; ++k)
            for (int64_t o = 0; o < c.products(); ++o) {
                float* to = dx + o * c.strides * c.B * row + k * place + g * c.C;
                product_transposed(dy + o * c.B * c.N + g * M, c.N, panels + (g * c.K + k) * M * padded(c.C), to, row,
                                   to, row, c.height(), M, c.C);
            }
}

// f(number of x, of W and of y, how many of each) for runs of the channels of one row and one place of the window.
template <class F>
inline void each_channel_row(const Args& a, F f) {
    const int64_t To = a.n[1], K = a.n[2], C = a.n[3], M = a.n[4], strides = a.n[5], dilation = a.n[6], B = a.rows;
    for (int64_t o = 0; o < To; ++o)
        for (int64_t b = 0; b < B; ++b)
            for (int64_t k = 0; k < K; ++k)
                f(((o * strides + k * dilation) * B + b) * C, k * C * M, (o * B + b) * C * M, k == 0);
}

// n: T, steps of y, K, C, M, strides, dilation. x (B, T, C), W (K, C, M); out y (B, To, C M).
inline void depthwise_conv1d_forward(const Args& a) {
    const int64_t C = a.n[3], M = a.n[4];
    each_channel_row(a, [&](int64_t at, int64_t weights, int64_t to, bool first) {
        const float *x = a.at(0) + at, *W = a.at(1) + weights;
        float* y = a.at(2) + to;
        if (first) std::memset(y, 0, C * M * sizeof(float));
        if (M == 1) {
            int64_t c = 0;
            for (; c + LANES <= C; c += LANES) store(y + c, fma(load(x + c), load(W + c), load(y + c)));  // 1
            for (; c < C; ++c) y[c] += x[c] * W[c];
        } else {
            for (int64_t c = 0; c < C; ++c)
                for (int64_t m = 0; m < M; ++m) y[c * M + m] += x[c] * W[c * M + m];  // 1
        }
    });
}

// x (B, T, C), W (K, C, M), y null, dy (B, To, C M); out dx (B, T, C) or null, dW (K, C, M) or null.
inline void depthwise_conv1d_backward(const Args& a) {
    const int64_t T = a.n[0], K = a.n[2], C = a.n[3], M = a.n[4];
    float *dx = a.at(7), *dW = a.at(8);
    if (dx != nullptr) std::memset(dx, 0, T * a.rows * C * sizeof(float));
    if (dW != nullptr) std::memset(dW, 0, K * C * M * sizeof(float));
    each_channel_row(a, [&](int64_t at, int64_t weights, int64_t to, bool) {
        const float *x = a.at(0) + at, *W = a.at(1) + weights, *dy = a.at(3) + to;
        for (int64_t c = 0; c < C; ++c) {  // undo 1
            float sum = 0;
            for (int64_t m = 0; m < M; ++m) {
                if (dW != nullptr) dW[weights + c * M + m] += x[c] * dy[c * M + m];
                sum += W[c * M + m] * dy[c * M + m];
            }
            if (dx != nullptr) dx[at + c] += sum;
        }
    });
}

}  // namespace tidegate::TIDEGATE_ISA
