// Twins of src/tidegate/ops/normalizing.py. Largest error 1e-5 of the largest number that comes out.
#pragma once

#include <cmath>
#include <cstring>

#include "kernel.hpp"
#include "rows.hpp"

namespace tidegate::TIDEGATE_ISA {

// s (C) += f(rows of C numbers), vector by vector: f(place in the row, how many numbers are left).
template <class F>
TIDEGATE_INLINE void add_to(float* s, int64_t C, F f) {
    for (int64_t c = 0; c < C; c += LANES) store_up_to(s + c, load_up_to(s + c, C - c) + f(c, C - c), C - c);
}

// n: rows of a sample, C; f: epsilon. Saved: mean and 1 / deviation of each row.
inline Sizes layer_norm_sizes(const int64_t* n, const double*, int64_t rows) {
    Sizes s;
    s.saved = 2 * rows * n[0] * static_cast<int64_t>(sizeof(float));
    return s;
}

// x (..., C), gamma (C) or null, beta (C) or null; out y (..., C).
inline void layer_norm_forward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], C = a.n[1];
    const float *gamma = a.at(1), *beta = a.at(2);
    float* saved = a.at(4);
    for (int64_t k = 0; k < rows; ++k) {
        const float* x = a.at(0) + k * C;
        float* y = a.at(3) + k * C;
        const float m = row_sum(x, C, [](vec v) { return v; }) / static_cast<float>(C);
        const float v = row_sum(x, C, [&](vec u) { return (u - m) * (u - m); }) / static_cast<float>(C);  // 1
        const float r = 1 / std::sqrt(v + static_cast<float>(a.f[0]));                                    // 2
        if (saved != nullptr) saved[2 * k] = m, saved[2 * k + 1] = r;
        for (int64_t c = 0; c < C; c += LANES) {
            vec h = (load_up_to(x + c, C - c) - m) * r;               // 3
            if (gamma != nullptr) h *= load_up_to(gamma + c, C - c);  // 4
            if (beta != nullptr) h += load_up_to(beta + c, C - c);    // 5
            store_up_to(y + c, h, C - c);
        }
    }
}

// x (..., C), gamma, beta and y null, dy (..., C); out dx (..., C), dgamma (C), dbeta (C), each or null.
inline void layer_norm_backward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], C = a.n[1];
    const float *gamma = a.at(1), *saved = a.at(5);
    float *dx = a.at(8), *dgamma = a.at(9), *dbeta = a.at(10);
    if (dgamma != nullptr) std::memset(dgamma, 0, C * sizeof(float));
    if (dbeta != nullptr) std::memset(dbeta, 0, C * sizeof(float));
    for (int64_t k = 0; k < rows; ++k) {
        const float *x = a.at(0) + k * C, *dy = a.at(4) + k * C, m = saved[2 * k], r = saved[2 * k + 1];
        auto h = [&](int64_t c, int64_t left) { return (load_up_to(x + c, left) - m) * r; };
        auto dh = [&](int64_t c, int64_t left) {
            const vec d = load_up_to(dy + c, left);
            return gamma == nullptr ? d : d * load_up_to(gamma + c, left);
        };
        if (dbeta != nullptr)
            add_to(dbeta, C, [&](int64_t c, int64_t left) { return load_up_to(dy + c, left); });  // undo 5
        if (dgamma != nullptr)
            add_to(dgamma, C,
                   [&](int64_t c, int64_t left) { return load_up_to(dy + c, left) * h(c, left); });  // undo 4
        if (dx == nullptr) continue;
        vec s = {}, t = {};
        for (int64_t c = 0; c < C; c += LANES) {  // what lies beyond the row reads as 0 in dh
            const vec d = dh(c, C - c);
            s += d;
            t += d * h(c, C - c);
        }
        const float mean = sum(s) / static_cast<float>(C), along = sum(t) / static_cast<float>(C);
        for (int64_t c = 0; c < C; c += LANES)
            store_up_to(dx + k * C + c, r * (dh(c, C - c) - mean - h(c, C - c) * along), C - c);  // undo 3, 2, 1
    }
}

// What the sum of all weights is divided by, and f(place of a row of C numbers, its weight) for each row.
// n: T, rows of a step R, C; f: epsilon. w (B, T), or null for ones; known: their sum, or null where it is that of these samples.
inline float weights_of(const Args& a, const float* w, const double* known) {
    const int64_t n = a.rows * a.n[0];
    double total = w == nullptr ? 0 : a.f[0];
    if (known != nullptr)
        total += *known;
    else if (w == nullptr)
        total = static_cast<double>(n * a.n[1]);
    else
        for (int64_t k = 0; k < n; ++k) total += w[k];
    return static_cast<float>(total);
}
template <class F>
TIDEGATE_INLINE void each_weighted(const Args& a, const float* w, F f) {
    const int64_t T = a.n[0], R = a.n[1], C = a.n[2];
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < a.rows; ++b)
            for (int64_t r = 0; r < R; ++r) f(((t * a.rows + b) * R + r) * C, w == nullptr ? 1.f : w[b * T + t]);
}

// x (B, ..., C), w (B, T) or null, total one double or null; out m (C).
inline void batch_mean_forward(const Args& a) {
    const int64_t C = a.n[2];
    float* m = a.at(3);
    const vec share = all(1 / weights_of(a, a.at(1), a.at<double>(2)));
    std::memset(m, 0, C * sizeof(float));
    each_weighted(a, a.at(1), [&](int64_t at, float weight) {
        if (weight != 0)  // 1
            add_to(m, C, [&](int64_t c, int64_t left) { return load_up_to(a.at(0) + at + c, left) * weight; });
    });
    map(m, m, C, [&](vec s) { return s * share; });
}

// x (B, ..., C), w, total, m null, dm (C); out dx (B, ..., C) or null, none for w and total.
inline void batch_mean_backward(const Args& a) {
    const int64_t C = a.n[2];
    const float share = 1 / weights_of(a, a.at(1), a.at<double>(2)), *dm = a.at(4);
    float* dx = a.at(8);
    if (dx == nullptr) return;
    each_weighted(a, a.at(1), [&](int64_t at, float weight) {
        map(dm, dx + at, C, [&](vec d) { return d * (share * weight); });  // undo 1
    });
}

// x (B, ..., C), m (C), w (B, T) or null, total one double or null; out v (C).
inline void batch_variance_forward(const Args& a) {
    const int64_t C = a.n[2];
    const float* m = a.at(1);
    float* v = a.at(4);
    const vec share = all(1 / weights_of(a, a.at(2), a.at<double>(3)));
    std::memset(v, 0, C * sizeof(float));
    each_weighted(a, a.at(2), [&](int64_t at, float weight) {
        if (weight != 0)
            add_to(v, C, [&](int64_t c, int64_t left) {
                const vec z = load_up_to(a.at(0) + at + c, left) - load_up_to(m + c, left);
                return z * z * weight;  // 1
            });
    });
    map(v, v, C, [&](vec s) { return s * share; });
}

// x (B, ..., C), m (C), w, total, v null, dv (C); out dx (B, ..., C) or null, dm (C) or null, none for w and total.
inline void batch_variance_backward(const Args& a) {
    const int64_t C = a.n[2];
    const float *m = a.at(1), *dv = a.at(5), share = 2 / weights_of(a, a.at(2), a.at<double>(3));
    float *dx = a.at(9), *dm = a.at(10);
    if (dm != nullptr) std::memset(dm, 0, C * sizeof(float));
    each_weighted(a, a.at(2), [&](int64_t at, float weight) {
        if (weight == 0) {
            if (dx != nullptr) std::memset(dx + at, 0, C * sizeof(float));
            return;
        }
        for (int64_t c = 0; c < C; c += LANES) {
            const int64_t left = C - c;
            const vec z = load_up_to(a.at(0) + at + c, left) - load_up_to(m + c, left);
            const vec d = load_up_to(dv + c, left) * z * (share * weight);  // undo 1
            if (dx != nullptr) store_up_to(dx + at + c, d, left);
            if (dm != nullptr) store_up_to(dm + c, load_up_to(dm + c, left) - d, left);
        }
    });
}

// n: rows of a sample, C; f: epsilon. x (..., C), m, v (C), gamma, beta (C) or null; out y (..., C).
inline void standardize_forward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], C = a.n[1];
    const float *m = a.at(1), *v = a.at(2), *gamma = a.at(3), *beta = a.at(4);
    const vec epsilon = all(static_cast<float>(a.f[0]));
    for (int64_t c = 0; c < C; c += LANES) {
        const int64_t left = C - c;
        vec scale = 1 / vsqrt(load_up_to(v + c, left) + epsilon);    // 1
        if (gamma != nullptr) scale *= load_up_to(gamma + c, left);  // 2
        const vec mean = load_up_to(m + c, left);
        const vec shift = beta == nullptr ? vec{} : load_up_to(beta + c, left);
        for (int64_t k = c; k < rows * C; k += C)
            store_up_to(a.at(5) + k, fma(load_up_to(a.at(0) + k, left) - mean, scale, shift), left);  // 3, 4
    }
}

// x (..., C), m, v, gamma (C) or null, beta and y null, dy (..., C); out dx (..., C), dm, dv, dgamma, dbeta (C), each or null.
inline void standardize_backward(const Args& a) {
    const int64_t rows = a.rows * a.n[0], C = a.n[1];
    const float *m = a.at(1), *v = a.at(2), *gamma = a.at(3), *dy = a.at(6);
    float *dx = a.at(10), *dm = a.at(11), *dv = a.at(12), *dgamma = a.at(13), *dbeta = a.at(14);
    const vec epsilon = all(static_cast<float>(a.f[0]));
    for (int64_t c = 0; c < C; c += LANES) {
        const int64_t left = C - c;
        const vec r = 1 / vsqrt(load_up_to(v + c, left) + epsilon), mean = load_up_to(m + c, left);
        const vec g = gamma == nullptr ? all(1) : load_up_to(gamma + c, left);
        vec s = {}, t = {};
        for (int64_t k = c; k < rows * C; k += C) {
            const vec d = load_up_to(dy + k, left);
            s += d;  // undo 4
            t += d * (load_up_to(a.at(0) + k, left) - mean);
            if (dx != nullptr) store_up_to(dx + k, d * (g * r), left);  // undo 3
        }
        if (dbeta != nullptr) store_up_to(dbeta + c, s, left);
        if (dm != nullptr) store_up_to(dm + c, -s * (g * r), left);
        if (dgamma != nullptr) store_up_to(dgamma + c, t * r, left);                     // undo 2
        if (dv != nullptr) store_up_to(dv + c, all(-0.5f) * t * g * (r * r * r), left);  // undo 1
    }
}

}  // namespace tidegate::TIDEGATE_ISA
