// The one loop that all matrix products share: a register tile of R rows by V vectors.
//
// Right-hand matrices are read from panels: a matrix (K, N) is cut into blocks of 4 * LANES columns (the last one as narrow as
// whole vectors allow), and each block lies as [K][its columns], padded with zeros.
#pragma once

#include <algorithm>
#include <utility>

#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(0), f(1), ... f(N - 1) with constants, so that arrays indexed by them stay in registers.
template <int N, class F>
TIDEGATE_INLINE void unroll(F f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { (f(std::integral_constant<int, I>{}), ...); }
    (std::make_integer_sequence<int, N>{});
}

template <int R, int V>
struct Tile {
    vec at[R][V];
};

// tile[r][v] += sum over k < K of a[r * row + k * step] * b[k * ldb + v * LANES ...]
template <int R, int V>
TIDEGATE_INLINE void multiply(Tile<R, V>& tile, const float* a, int64_t row, int64_t step, const float* b, int64_t ldb, int64_t K) {
    for (int64_t k = 0; k < K; ++k) {
        vec w[V];
        unroll<V>([&](auto v) __attribute__((always_inline)) { w[v] = load(b + v * LANES); });
        unroll<R>([&](auto r) __attribute__((always_inline)) {
            const vec x = all(a[r * row]);
            unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] = fma(x, w[v], tile.at[r][v]); });
        });
        a += step;
        b += ldb;
    }
}

template <int R, int V>
TIDEGATE_INLINE void clear(Tile<R, V>& tile) {
    unroll<R>([&](auto r) __attribute__((always_inline)) { unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] = vec{}; }); });
}

// Most rows of a tile of V vectors: as many accumulators as registers, less those for a row of b and one number of a.
#if defined(__AVX512F__)
template <int V>
inline constexpr int ROWS = V >= 3 ? 6 : 8;
#else
template <int V>
inline constexpr int ROWS = V >= 3 ? 2 : V == 2 ? 4 : 8;
#endif

// f.template operator()<R>(first row) for tiles that cover rows [0, M).
template <int V, class F>
TIDEGATE_INLINE void over_rows(int64_t M, F f) {
    int64_t m = 0;
    for (; m + ROWS<V> <= M; m += ROWS<V>) f.template operator()<ROWS<V>>(m);
    if constexpr (ROWS<V> > 4)
        if (m + 4 <= M) f.template operator()<4>(m), m += 4;
    if constexpr (ROWS<V> > 2)
        if (m + 2 <= M) f.template operator()<2>(m), m += 2;
    if (m < M) f.template operator()<1>(m);
}

inline int64_t vectors(int64_t n) { return (n + LANES - 1) / LANES; }
inline int64_t padded(int64_t n) { return vectors(n) * LANES; }

// f.template operator()<V>(first vector) for blocks of V vectors that cover N columns.
template <class F>
TIDEGATE_INLINE void over_columns(int64_t N, F f) {
    const int64_t n = vectors(N);
    int64_t v = 0;
    for (; v + 4 <= n; v += 4) f.template operator()<4>(v);
    switch (n - v) {
        case 1: f.template operator()<1>(v); break;
        case 2: f.template operator()<2>(v); break;
        case 3: f.template operator()<3>(v); break;
        default: break;
    }
}

// Panel of the matrix w(k, n), k < K, n < N; panel block of vector v starts at v * LANES * K. Needs K * padded(N) floats.
template <class W>
inline void pack_panels(int64_t K, int64_t N, float* panel, W w) {
    const int64_t n = vectors(N);
    for (int64_t v = 0; v < n; v += 4) {
        const int64_t width = std::min<int64_t>(4, n - v) * LANES;
        float* to = panel + v * LANES * K;
        for (int64_t k = 0; k < K; ++k, to += width)
            for (int64_t c = 0; c < width; ++c) to[c] = v * LANES + c < N ? w(k, v * LANES + c) : 0.0f;
    }
}

// y (M, N) = a (M, K) @ panel (+ bias): rows of a are `lda` apart, rows of y N.
inline void product(const float* a, int64_t lda, const float* panel, const float* bias, float* y, int64_t M, int64_t K, int64_t N) {
    over_columns(N, [&]<int V>(int64_t first) {
        const float* b = panel + first * LANES * K;
        over_rows<V>(M, [&]<int R>(int64_t m) {
            Tile<R, V> tile;
            clear(tile);
            multiply(tile, a + m * lda, lda, 1, b, V * LANES, K);
            unroll<V>([&](auto v) __attribute__((always_inline)) {
                const int64_t column = (first + v) * LANES, left = N - column;
                const vec add = bias == nullptr ? vec{} : left >= LANES ? load(bias + column) : load_part(bias + column, left);
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    float* to = y + (m + r) * N + column;
                    if (left >= LANES)
                        store(to, tile.at[r][v] + add);
                    else
                        store_part(to, tile.at[r][v] + add, left);
                });
            });
        });
    });
}

// dw (K, ldw) += aᵀ b over M rows: a (M, K) with rows lda apart, b (M, N) with rows ldb apart, N whole vectors.
inline void add_outer(const float* a, int64_t lda, const float* b, int64_t ldb, float* dw, int64_t ldw, int64_t M, int64_t K, int64_t N) {
    over_columns(N, [&]<int V>(int64_t first) {
        over_rows<V>(K, [&]<int R>(int64_t k) {
            Tile<R, V> tile;
            float* to = dw + k * ldw + first * LANES;
            unroll<R>([&](auto r) __attribute__((always_inline)) {
                unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] = load(to + r * ldw + v * LANES); });
            });
            multiply(tile, a + k, 1, lda, b + first * LANES, ldb, M);
            unroll<R>([&](auto r) __attribute__((always_inline)) {
                unroll<V>([&](auto v) __attribute__((always_inline)) { store(to + r * ldw + v * LANES, tile.at[r][v]); });
            });
        });
    });
}

// sum (N) += the rows of b (M, N), rows ldb apart, N whole vectors.
inline void add_rows(const float* b, int64_t ldb, float* sum, int64_t M, int64_t N) {
    for (int64_t c = 0; c < N; c += LANES) {
        vec s0 = load(sum + c), s1 = {};
        int64_t m = 0;
        for (; m + 2 <= M; m += 2) {
            s0 += load(b + m * ldb + c);
            s1 += load(b + (m + 1) * ldb + c);
        }
        if (m < M) s0 += load(b + m * ldb + c);
        store(sum + c, s0 + s1);
    }
}

}  // namespace tidegate::TIDEGATE_ISA
