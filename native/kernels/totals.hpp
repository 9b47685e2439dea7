// Twins of src/tidegate/ops/totals.py, but for batch_total and all_reduce, which the executor computes. Products in float, sums in
// double.
#pragma once

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: positions of a sample. Out: n, one double.
inline void count_forward(const Args& a) { *a.at<double>(0) = static_cast<double>(a.rows * a.n[0]); }

// n: numbers. x (...), total one double; out y (...).
inline void mean_share_forward(const Args& a) {
    const vec total = all(static_cast<float>(*a.at<double>(1)));
    map(a.at(0), a.at(2), a.n[0], [&](vec x) { return x / total; });  // 1
}

// x null, total, y null, dy (...); out dx (...) or null, none for total.
inline void mean_share_backward(const Args& a) {
    const vec total = all(static_cast<float>(*a.at<double>(1)));
    if (a.at(7) != nullptr) map(a.at(3), a.at(7), a.n[0], [&](vec d) { return d / total; });  // undo 1
}

// n: numbers of a sample; f: factor. v (...), w (...) or null, total one double or null; out s, one double.
inline void weighted_sum_forward(const Args& a) {
    const float *v = a.at(0), *w = a.at(1);
    const double* total = a.at<double>(2);
    const int64_t n = a.rows * a.n[0];
    double s[8] = {};  // eight chains of additions run side by side
    int64_t k = 0;
    if (w == nullptr) {
        for (; k + 8 <= n; k += 8)
            for (int j = 0; j < 8; ++j) s[j] += v[k + j];
        for (; k < n; ++k) s[0] += v[k];
    } else {
        for (; k + 8 <= n; k += 8)
            for (int j = 0; j < 8; ++j) s[j] += v[k + j] * w[k + j];
        for (; k < n; ++k) s[0] += v[k] * w[k];
    }
    const double sum = a.f[0] * (((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7])));
    *a.at<double>(3) = total == nullptr ? sum : *total != 0 ? sum / *total : 0;  // 1
}

// v null or (...), w, total, s null, ds one double or null for 1; out dv (...) or null, none for w and total.
inline void weighted_sum_backward(const Args& a) {
    const float* w = a.at(1);
    const double *total = a.at<double>(2), *ds = a.at<double>(4);
    float* dv = a.at(8);
    const int64_t n = a.rows * a.n[0];
    if (dv == nullptr) return;
    const double share = total == nullptr ? 1 : *total != 0 ? 1 / *total : 0;
    const vec d = all(static_cast<float>((ds == nullptr ? 1 : *ds) * a.f[0] * share));
    if (w == nullptr)
        map(dv, dv, n, [&](vec) { return d; });
    else
        map(w, dv, n, [&](vec x) { return d * x; });  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
