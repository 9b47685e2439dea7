// Twin of src/tidegate/ops/matmul.py. Sums in float, in the order of K.
//
// These are the small products of attention, one for each sample: matrices are read where they lie, row by row, and not packed.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "rows.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Matrix {
    float* p;
    int64_t row, column;  // strides
    Matrix turned() const { return {p, column, row}; }
};

// y (M, N) += a (M, K) b (K, N)
inline void add_product(Matrix a, Matrix b, Matrix y, int64_t M, int64_t N, int64_t K) {
    if (b.column == 1 && y.column == 1) {  // rows of b, several vectors of y held in registers
        constexpr int V = 4;
        for (int64_t m = 0; m < M; ++m)
            for (int64_t n = 0; n < N; n += V * LANES) {
                float* to = y.p + m * y.row + n;
                const int64_t rest = N - n;
                if (rest >= V * LANES) {
                    vec s[V];
                    for (int v = 0; v < V; ++v) s[v] = load(to + v * LANES);
                    for (int64_t k = 0; k < K; ++k) {
                        const vec c = all(a.p[m * a.row + k * a.column]);
                        const float* from = b.p + k * b.row + n;
                        for (int v = 0; v < V; ++v) s[v] = fma(c, load(from + v * LANES), s[v]);
                    }
                    for (int v = 0; v < V; ++v) store(to + v * LANES, s[v]);
                    continue;
                }
                for (int64_t j = 0; j < rest; j += LANES) {
                    vec s = load_up_to(to + j, rest - j);
                    for (int64_t k = 0; k < K; ++k)
                        s = fma(all(a.p[m * a.row + k * a.column]), load_up_to(b.p + k * b.row + n + j, rest - j), s);
                    store_up_to(to + j, s, rest - j);
                }
            }
        return;
    }
    const bool rows = a.column == 1 && b.row == 1;
    for (int64_t m = 0; m < M; ++m)
        for (int64_t n = 0; n < N; ++n) {
            const float *p = a.p + m * a.row, *q = b.p + n * b.column;
            float s = 0;
            if (rows)
                s = row_sum2(p, q, K, [](vec u, vec v) { return u * v; });
            else
                for (int64_t k = 0; k < K; ++k) s += p[k * a.column] * q[k * b.row];
            y.p[m * y.row + n * y.column] += s;
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
    p.each([&](Matrix y, Matrix u, Matrix v) { add_product(u, v, y, p.M, p.N, p.K); });  // 1
}

// a, b, y null, dy (..., M, N); out da, db or null.
inline void matmul_backward(const Args& a) {
    if (float* da = a.at(7)) {
        const Products p(a, a.at(3), da, a.at(1));
        std::memset(da, 0, p.w.count(1) * p.M * p.K * sizeof(float));
        p.each([&](Matrix dy, Matrix u, Matrix v) { add_product(dy, v.turned(), u, p.M, p.K, p.N); });
    }
    if (float* db = a.at(8)) {
        const Products p(a, a.at(3), a.at(0), db);
        std::memset(db, 0, p.w.count(2) * p.K * p.N * sizeof(float));
        p.each([&](Matrix dy, Matrix u, Matrix v) { add_product(u.turned(), dy, v, p.K, p.N, p.M); });  // undo 1
    }
}

}  // namespace tidegate::TIDEGATE_ISA
