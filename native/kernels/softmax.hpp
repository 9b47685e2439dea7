// Twins of src/tidegate/ops/softmax.py. Largest error 1e-6 of the largest number that comes out.
#pragma once

#include "kernel.hpp"
#include "rows.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(place of the row's first number) for each row of N; n: positions of a sample, N.
template <class F>
TIDEGATE_INLINE void each_row(const Args& a, F f) {
    const int64_t rows = a.rows * a.n[0], N = a.n[1];
    for (int64_t k = 0; k < rows; ++k) f(k * N);
}

// z (..., N); out p (..., N).
inline void softmax_forward(const Args& a) {
    const int64_t N = a.n[1];
    each_row(a, [&](int64_t at) {
        const float* z = a.at(0) + at;
        float* p = a.at(1) + at;
        const float m = row_largest(z, N);
        map(z, p, N, [&](vec x) { return vexp(x - m); });
        const vec scale = 1 / all(row_sum(p, N, [](vec e) { return e; }));
        map(p, p, N, [&](vec e) { return e * scale; });  // 1: p = e / sum(e)
    });
}

// z null, p (..., N), dp (..., N); out dz (..., N) or null.
inline void softmax_backward(const Args& a) {
    const int64_t N = a.n[1];
    if (a.at(6) == nullptr) return;
    each_row(a, [&](int64_t at) {
        const float *p = a.at(1) + at, *dp = a.at(2) + at;
        const float dot = row_sum2(p, dp, N, [](vec q, vec d) { return q * d; });
        map2(p, dp, a.at(6) + at, N, [&](vec q, vec d) { return q * (d - dot); });  // undo 1
    });
}

// z (..., N); out l (..., N).
inline void log_softmax_forward(const Args& a) {
    const int64_t N = a.n[1];
    each_row(a, [&](int64_t at) {
        const float* z = a.at(0) + at;
        const float m = row_largest(z, N);
        const vec log_sum = vlog(all(row_sum(z, N, [&](vec x) { return vexp(x - m); })));
        map(z, a.at(1) + at, N, [&](vec x) { return x - m - log_sum; });  // 1: l = s - log(sum(exp(s)))
    });
}

// z null, l (..., N), dl (..., N); out dz (..., N) or null.
inline void log_softmax_backward(const Args& a) {
    const int64_t N = a.n[1];
    if (a.at(6) == nullptr) return;
    each_row(a, [&](int64_t at) {
        const float *l = a.at(1) + at, *dl = a.at(2) + at;
        const float total = row_sum(dl, N, [](vec d) { return d; });
        map2(l, dl, a.at(6) + at, N, [&](vec x, vec d) { return d - vexp(x) * total; });  // undo 1
    });
}

}  // namespace tidegate::TIDEGATE_ISA
