// The one loop that all matrix products share: a register tile of R rows by V vectors.
//
// Right-hand matrices are read from panels: a matrix (K, N) is cut into blocks of 4 * LANES columns (the last one as narrow as
// whole vectors allow), and each block lies as [K][its columns], padded with zeros.
#pragma once

#include <algorithm>
#include <cstring>
#include <utility>

#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(0), f(1), ... f(N - 1) with constants, so that arrays indexed by them stay in registers.
template <int N, class F>
TIDEGATE_INLINE void unroll(F f) {
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) {
        (f(std::integral_constant<int, I>{}), ...);
    }(std::make_integer_sequence<int, N>{});
}

// v[r][c] becomes v[c][r]: in each round, squares of S by S beside the diagonal change places.
template <int S = 1>
TIDEGATE_INLINE void transpose(vec (&v)[LANES]) {
    if constexpr (S < LANES) {
        unroll<LANES / 2>([&](auto pair) __attribute__((always_inline)) {
            constexpr int r = pair / S * 2 * S + pair % S;
            const vec a = v[r], b = v[r + S];
            v[r] = TIDEGATE_SHUFFLE(a, b, (k & S ? LANES + k - S : k));
            v[r + S] = TIDEGATE_SHUFFLE(a, b, (k & S ? LANES + k : k + S));
        });
        transpose<2 * S>(v);
    }
}

template <int R, int V>
struct Tile {
    vec at[R][V];
};

template <int R, int V>
TIDEGATE_INLINE void clear(Tile<R, V>& tile) {
    unroll<R>([&](auto r) __attribute__((always_inline)) {
        unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] = vec{}; });
    });
}

// tile[r][v] += a[r * row] * b[v * LANES ...]
template <int R, int V>
TIDEGATE_INLINE void multiply_one(Tile<R, V>& tile, const float* a, int64_t row, const float* b) {
    vec w[V];
    unroll<V>([&](auto v) __attribute__((always_inline)) { w[v] = load(b + v * LANES); });
    unroll<R>([&](auto r) __attribute__((always_inline)) {
        const vec x = all(a[r * row]);
        unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] = fma(x, w[v], tile.at[r][v]); });
    });
}

// tile[r][v] += sum over k < K of a[r * row + k * step] * b[k * ldb + v * LANES ...]
template <int R, int V>
TIDEGATE_INLINE void multiply(Tile<R, V>& tile, const float* a, int64_t row, int64_t step, const float* b, int64_t ldb,
                              int64_t K) {
    int64_t k = 0;
    if constexpr (
        R * V <=
        4) {  // too few sums to fill the pipes, since each waits for itself: four times as many, one in four k each
        constexpr int parts = R * V * 4 <= REGISTERS / 2 ? 4 : 2;
        Tile<R, V> part[parts - 1];
        unroll<parts - 1>([&](auto p) __attribute__((always_inline)) { clear(part[p]); });
        for (; k + parts <= K; k += parts) {
            multiply_one(tile, a, row, b);
            unroll<parts - 1>([&](auto p) __attribute__((always_inline)) {
                multiply_one(part[p], a + (p + 1) * step, row, b + (p + 1) * ldb);
            });
            a += parts * step;
            b += parts * ldb;
        }
        unroll<parts - 1>([&](auto p) __attribute__((always_inline)) {
            unroll<R>([&](auto r) __attribute__((always_inline)) {
                unroll<V>([&](auto v) __attribute__((always_inline)) { tile.at[r][v] += part[p].at[r][v]; });
            });
        });
    }
    for (; k < K; ++k, a += step, b += ldb) multiply_one(tile, a, row, b);
}

// Most rows of a tile of V vectors: with 12 sums and more none waits for itself, and there is room beside them for a row of b and one
// number of a. Not more than that where it does not divide 4: batches and shards do, and what is left over runs slower.
template <int V>
inline constexpr int ROWS = REGISTERS == 32 ? (V >= 3 ? 4 : 8)
                            : V >= 4        ? 3
                            : V == 3        ? 4
                            : V == 2        ? 6
                                            : 8;

// f.template operator()<R>(first row) for tiles that cover rows [0, M).
template <int V, class F>
TIDEGATE_INLINE void over_rows(int64_t M, F f) {
    constexpr int R = ROWS<V>;
    int64_t m = 0;
    for (; m + R <= M && (R != 3 || M - m != 4); m += R) f.template operator()<R>(m);  // 4 as 2 and 2, not 3 and 1
    if constexpr (R > 4)
        if (m + 4 <= M) f.template operator()<4>(m), m += 4;
    if constexpr (R > 2)
        for (; m + 2 <= M; m += 2) f.template operator()<2>(m);
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

// Panels of a matrix w (K, N), its rows ldw apart. Needs K * padded(N) floats.
inline void pack_panels(const float* w, int64_t ldw, int64_t K, int64_t N, float* panel) {
    const int64_t n = vectors(N);
    for (int64_t v = 0; v < n; v += 4) {
        const int64_t width = std::min<int64_t>(4, n - v) * LANES, first = v * LANES, some = std::min(width, N - first);
        for (int64_t k = 0; k < K; ++k, panel += width) {
            std::memcpy(panel, w + k * ldw + first, some * sizeof(float));
            std::memset(panel + some, 0, (width - some) * sizeof(float));
        }
    }
}

// How many columns of a transposed matrix (K, N) stand outside its panels: the last ones, where they fill so little of a vector
// that a dot product for each number, with its sum over the lanes, costs less.
inline int64_t dots(int64_t K, int64_t N) {
    const int64_t rest = N % LANES;
    return rest * (K / LANES + 8) < K ? rest : 0;
}

// A square of LANES rows and columns, turned: of `from` only so many rows and columns are there, and so many rows are written.
__attribute__((noinline)) inline void transpose_square(const float* from, int64_t ldw, int64_t rows, int64_t columns,
                                                       float* to, int64_t width) {
    vec square[LANES];
    unroll<LANES>([&](auto r) __attribute__((always_inline)) {
        square[r] = r < rows ? load_up_to(from + r * ldw, columns) : vec{};
    });
    transpose(square);
    unroll<LANES>([&](auto r) __attribute__((always_inline)) {
        if (r < columns) store(to + r * width, square[r]);
    });
}

// Panels of the matrix (K, N) whose column c is row c of w (N rows, ldw apart), in an order of its own: runs(f) calls
// f(row of the panel, where in a row of w, how many). Rows that no run names stay as they are. Behind them the columns for dot
// products, each in padded(K) floats.
template <class Runs>
inline void pack_transposed(const float* w, int64_t ldw, int64_t K, int64_t N, float* panel, Runs runs) {
    const int64_t whole = N - dots(K, N), n = vectors(whole);
    for (int64_t v = 0; v < n; v += 4) {
        const int64_t width = std::min<int64_t>(4, n - v) * LANES, first = v * LANES,
                      some = std::min(width, whole - first);
        float* const block = panel + first * K;
        runs([&](int64_t k0, int64_t at, int64_t count) {
            for (int64_t c = 0; c < some; c += LANES)
                for (int64_t j = 0; j < count; j += LANES) {
                    transpose_square(w + (first + c) * ldw + at + j, ldw, some - c, count - j,
                                     block + (k0 + j) * width + c, width);
                }
        });
    }
    for (int64_t c = whole; c < N; ++c)
        runs([&](int64_t k0, int64_t at, int64_t count) {
            std::memcpy(panel + whole * K + (c - whole) * padded(K) + k0, w + c * ldw + at, count * sizeof(float));
        });
}

// y (M, N) = a (M, K) @ panel (+ bias (N)) (+ more (M, N)): rows of a, more and y are lda, ldm and ldy apart.
inline void product(const float* a, int64_t lda, const float* panel, const float* bias, const float* more, int64_t ldm,
                    float* y, int64_t ldy, int64_t M, int64_t K, int64_t N) {
    over_columns(N, [&]<int V>(int64_t first) {
        const float* b = panel + first * LANES * K;
        over_rows<V>(M, [&]<int R>(int64_t m) {
            Tile<R, V> tile;
            clear(tile);
            multiply(tile, a + m * lda, lda, 1, b, V * LANES, K);
            unroll<V>([&](auto v) __attribute__((always_inline)) {
                const int64_t column = (first + v) * LANES, left = N - column;
                const vec add = bias == nullptr ? vec{} : load_up_to(bias + column, left);
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    vec sum = tile.at[r][v] + add;
                    if (more != nullptr) sum += load_up_to(more + (m + r) * ldm + column, left);
                    store_up_to(y + (m + r) * ldy + column, sum, left);
                });
            });
        });
    });
}

// The same of a panel that pack_transposed made, without a bias.
inline void product_transposed(const float* a, int64_t lda, const float* panel, const float* more, int64_t ldm,
                               float* y, int64_t ldy, int64_t M, int64_t K, int64_t N) {
    const int64_t whole = N - dots(K, N);
    product(a, lda, panel, nullptr, more, ldm, y, ldy, M, K, whole);
    panel += whole * K;
    for (int64_t c = whole; c < N; ++c, panel += padded(K))
        over_rows<1>(M, [&]<int R>(int64_t m) {
            Tile<R, 1> tile;
            clear(tile);
            int64_t k = 0;
            for (; k + LANES <= K; k += LANES)
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    tile.at[r][0] = fma(load(a + (m + r) * lda + k), load(panel + k), tile.at[r][0]);
                });
            unroll<R>([&](auto r) __attribute__((always_inline)) {
                if (k < K) tile.at[r][0] += load_part(a + (m + r) * lda + k, K - k) * load(panel + k);
                y[(m + r) * ldy + c] = sum(tile.at[r][0]) + (more == nullptr ? 0 : more[(m + r) * ldm + c]);
            });
        });
}

// dw (K, ldw) += the sum over `steps` of aᵀ b: a (M, K) and b (M, N) with rows lda and ldb apart, those of the next step a_step and
// b_step further; N whole vectors. The tile stays in registers over all steps. Where `fresh`, dw = that sum.
inline void add_outer(const float* a, int64_t lda, int64_t a_step, const float* b, int64_t ldb, int64_t b_step,
                      int64_t steps, float* dw, int64_t ldw, int64_t M, int64_t K, int64_t N, bool fresh = false) {
    over_columns(N, [&]<int V>(int64_t first) {
        over_rows<V>(K, [&]<int R>(int64_t k) {
            Tile<R, V> tile;
            float* to = dw + k * ldw + first * LANES;
            clear(tile);
            if (!fresh)
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    unroll<V>([&](auto v)
                                  __attribute__((always_inline)) { tile.at[r][v] = load(to + r * ldw + v * LANES); });
                });
            for (int64_t s = 0; s < steps; ++s)
                multiply(tile, a + s * a_step + k, 1, lda, b + s * b_step + first * LANES, ldb, M);
            unroll<R>([&](auto r) __attribute__((always_inline)) {
                unroll<V>([&](auto v)
                              __attribute__((always_inline)) { store(to + r * ldw + v * LANES, tile.at[r][v]); });
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
