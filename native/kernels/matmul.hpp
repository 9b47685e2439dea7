// Twin of src/tidegate/ops/matmul.py. Sums in float, in the order of K.
//
// These are the small products of attention, one for each sample: whole vectors of b are read where they lie; what lies otherwise is
// packed block by block.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "tile.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Matrix {
    float* p;
    int64_t row, column;  // strides
    Matrix turned() const { return {p, column, row}; }
    float* at(int64_t r, int64_t c) const { return p + r * row + c * column; }
};

inline constexpr int64_t DEPTH = 256, WIDTH = 4 * LANES;  // of a block of b

inline Sizes matmul_sizes(const int64_t*, const double*, int64_t) {
    Sizes s;
    s.scratch = DEPTH * WIDTH * static_cast<int64_t>(sizeof(float));
    return s;
}

// The first `rows` rows and `columns` columns of b, into rows of whole vectors.
inline void pack_block(Matrix b, int64_t rows, int64_t columns, float* panel) {
    const int64_t width = padded(columns);
    for (int64_t c = 0; c < columns; c += LANES)
        for (int64_t k = 0; b.row == 1 && k < rows; k += LANES)
            transpose_square(b.at(k, c), b.column, columns - c, rows - k, panel + k * width + c, width);
    for (int64_t k = 0; b.row != 1 && k < rows; ++k)
        for (int64_t c = 0; c < columns; c += LANES)
            store(panel + k * width + c, load_strided(b.at(k, c), b.column, std::min<int64_t>(columns - c, LANES)));
}

// y (M, N) += a (M, K) b (K, N)
inline void add_product(Matrix a, Matrix b, Matrix y, int64_t M, int64_t N, int64_t K, float* panel) {
    for (int64_t n = 0; n < N; n += WIDTH)
        for (int64_t k = 0; k < K; k += DEPTH) {
            const int64_t columns = std::min(WIDTH, N - n), depth = std::min(DEPTH, K - k);
            const bool whole = b.column == 1 && columns % LANES == 0;
            if (!whole) pack_block({b.at(k, n), b.row, b.column}, depth, columns, panel);
            const float* const from = whole ? b.at(k, n) : panel;
            const int64_t ldb = whole ? b.row : padded(columns);
            over_columns(columns, [&]<int V>(int64_t) {
                over_rows<V>(M, [&]<int R>(int64_t m) {
                    Tile<R, V> tile;
                    clear(tile);
                    multiply(tile, a.at(m, k), a.row, a.column, from, ldb, depth);
                    unroll<V>([&](auto v) __attribute__((always_inline)) {
                        const int64_t left = std::min<int64_t>(columns - v * LANES, LANES);
                        unroll<R>([&](auto r) __attribute__((always_inline)) {
                            float* const to = y.at(m + r, n + v * LANES);
                            store_strided(to, y.column, load_strided(to, y.column, left) + tile.at[r][v], left);
                        });
                    });
                });
            });
        }
}

// n: M, N, K, the strides of rows and columns of y, a and b, then the walk through y, a and b over the axes before.
struct Products {
    int64_t M, N, K;
    Matrix y, a, b;
    Walk<3> w;

    Products(const Args& g, float* py, float* pa, float* pb)
        : M(g.n[0]),
          N(g.n[1]),
          K(g.n[2]),
          y{py, stride(g, 0), stride(g, 1)},
          a{pa, stride(g, 2), stride(g, 3)},
          b{pb, stride(g, 4), stride(g, 5)},
          w(g.n + 15, g.rows) {}

    static int64_t stride(const Args& g, int k) { return g.n[3 + 2 * k] + g.n[4 + 2 * k] * g.rows; }

    // f(y, a, b) for each product.
    template <class F>
    void each(F f) const {
        w.runs([&](const int64_t* at) {
            for (int64_t k = 0; k < w.length(); ++k)
                f(Matrix{y.p + at[0] + k * w.inner(0), y.row, y.column},
                  Matrix{a.p + at[1] + k * w.inner(1), a.row, a.column},
                  Matrix{b.p + at[2] + k * w.inner(2), b.row, b.column});
        });
    }
};

// a (..., M, K), b (..., K, N); out y (..., M, N).
inline void matmul_forward(const Args& a) {
    const Products p(a, a.at(2), a.at(0), a.at(1));
    std::memset(a.at(2), 0, p.w.total() * p.M * p.N * sizeof(float));
    p.each([&](Matrix y, Matrix u, Matrix v) { add_product(u, v, y, p.M, p.N, p.K, a.at(4)); });  // 1
}

// a, b, y null, dy (..., M, N); out da, db or null.
inline void matmul_backward(const Args& a) {
    if (float* da = a.at(7)) {
        const Products p(a, a.at(3), da, a.at(1));
        std::memset(da, 0, p.w.count(1) * p.M * p.K * sizeof(float));
        p.each([&](Matrix dy, Matrix u, Matrix v) { add_product(dy, v.turned(), u, p.M, p.K, p.N, a.at(5)); });
    }
    if (float* db = a.at(8)) {
        const Products p(a, a.at(3), a.at(0), db);
        std::memset(db, 0, p.w.count(2) * p.K * p.N * sizeof(float));
        p.each(
            [&](Matrix dy, Matrix u, Matrix v) { add_product(u.turned(), dy, v, p.K, p.N, p.M, a.at(5)); });  // undo 1
    }
}

}  // namespace tidegate::TIDEGATE_ISA
