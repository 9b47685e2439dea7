// Twins of src/tidegate/ops/losses.py and accuracies.py: p (..., N) and y (..., N) give l (...).
//
// n: T, M, N, from_logits. p and y lie as [T][B][M][N], l by sample as [B][T][M] (with T > 1 there is M = 1), and so do the whole
// numbers k (...) that stand for y in the sparse ones, as int32. f: label_smoothing, or the threshold of binary_accuracy.
// Largest error 2e-6 of the larger of 1 and the true value. Gradients: p, y, l null, dl (...); out dp (..., N) or null, none of y.
#pragma once

#include "kernel.hpp"
#include "rows.hpp"

namespace tidegate::TIDEGATE_ISA {

// f(place of the row's first number in p and y, place in l) for each position.
template <class F>
TIDEGATE_INLINE void each_position(const Args& a, F f) {
    const int64_t B = a.rows, T = a.n[0], M = a.n[1], N = a.n[2];
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < B; ++b)
            for (int64_t m = 0; m < M; ++m) f(((t * B + b) * M + m) * N, (b * T + t) * M + m);
}

// ---- losses that are a mean over the last axis: value(p, y) and slope(p, y) of one number -------------------------

constexpr float EPSILON = 1e-7f, BELOW_1 = static_cast<float>(1 - 1e-7);  // keras.config.epsilon()

struct Squared {
    explicit Squared(const Args&) {}
    TIDEGATE_INLINE vec value(vec p, vec y) const { return (p - y) * (p - y); }
    TIDEGATE_INLINE vec slope(vec p, vec y) const { return 2 * (p - y); }
};

struct Absolute {
    explicit Absolute(const Args&) {}
    TIDEGATE_INLINE vec value(vec p, vec y) const { return vabs(p - y); }
    TIDEGATE_INLINE vec slope(vec p, vec y) const { return select(p == y, all(0), select(p > y, all(1), all(-1))); }
};

struct BinaryProbability {
    explicit BinaryProbability(const Args& a)
        : keep(static_cast<float>(1 - a.f[0])), shift(static_cast<float>(a.f[0] / 2)) {}
    TIDEGATE_INLINE vec value(vec p, vec y) const {
        const vec q = clamp(p, EPSILON, BELOW_1), s = y * keep + shift;
        return -(s * vlog(q) + (1 - s) * vlog(1 - q));
    }
    TIDEGATE_INLINE vec slope(vec p, vec y) const {
        const vec q = clamp(p, EPSILON, BELOW_1), s = y * keep + shift;
        return select(q == p, (q - s) / (q * (1 - q)), all(0));
    }
    float keep, shift;
};

struct BinaryLogit {
    explicit BinaryLogit(const Args& a) : keep(static_cast<float>(1 - a.f[0])), shift(static_cast<float>(a.f[0] / 2)) {}
    TIDEGATE_INLINE vec value(vec p, vec y) const {  // softplus(-p) = softplus(p) - p
        return vmax(all(0), p) - p * (y * keep + shift) + vlog1p(exp_inside(vmax(all(-87), -vabs(p))));
    }
    TIDEGATE_INLINE vec slope(vec p, vec y) const { return vsigmoid(p) - (y * keep + shift); }
    float keep, shift;
};

template <class Loss>
inline void mean_forward(const Args& a) {
    const Loss loss(a);
    const float *p = a.at(0), *y = a.at(1);
    float* l = a.at(2);
    const int64_t N = a.n[2];
    const auto value = [&](vec q, vec w) { return loss.value(q, w); };
    if (N == 1 && a.n[0] == 1) {  // one number a position, in the order of l: the mean is the number
        map2(p, y, l, a.rows * a.n[1], value);
        return;
    }
    each_position(
        a, [&](int64_t at, int64_t to) { l[to] = row_sum2(p + at, y + at, N, value) / static_cast<float>(N); });  // 1
}

template <class Loss>
inline void mean_backward(const Args& a) {
    const Loss loss(a);
    const float *p = a.at(0), *y = a.at(1), *dl = a.at(3);
    float* dp = a.at(7);
    const int64_t N = a.n[2];
    if (dp == nullptr) return;
    if (N == 1 && a.n[0] == 1) {
        const int64_t n = a.rows * a.n[1];
        map2(p, y, dp, n, [&](vec q, vec w) { return loss.slope(q, w); });
        map2(dp, dl, dp, n, [](vec s, vec d) { return s * d; });
        return;
    }
    each_position(a, [&](int64_t at, int64_t from) {
        const vec d = all(dl[from] / static_cast<float>(N));
        map2(p + at, y + at, dp + at, N, [&](vec q, vec w) { return d * loss.slope(q, w); });  // undo 1
    });
}

inline void mean_squared_error_forward(const Args& a) { mean_forward<Squared>(a); }
inline void mean_squared_error_backward(const Args& a) { mean_backward<Squared>(a); }
inline void mean_absolute_error_forward(const Args& a) { mean_forward<Absolute>(a); }
inline void mean_absolute_error_backward(const Args& a) { mean_backward<Absolute>(a); }
inline void binary_crossentropy_forward(const Args& a) {
    a.n[3] != 0 ? mean_forward<BinaryLogit>(a) : mean_forward<BinaryProbability>(a);
}
inline void binary_crossentropy_backward(const Args& a) {
    a.n[3] != 0 ? mean_backward<BinaryLogit>(a) : mean_backward<BinaryProbability>(a);
}

// ---- losses over classes ------------------------------------------------------------------------------------------

// log of what softmax divides by, with the largest number m taken out: log(sum(exp(p - m)))
TIDEGATE_INLINE float log_sum(const float* p, int64_t N, float m) {
    return vlog(all(row_sum(p, N, [&](vec x) { return vexp(x - m); })))[0];
}

inline void categorical_crossentropy_forward(const Args& a) {
    const int64_t N = a.n[2];
    const float keep = static_cast<float>(1 - a.f[0]), shift = static_cast<float>(a.f[0] / static_cast<double>(N));
    each_position(a, [&](int64_t at, int64_t to) {
        const float *p = a.at(0) + at, *y = a.at(1) + at;
        if (a.n[3] != 0) {
            const float m = row_largest(p, N), whole = log_sum(p, N, m);
            a.at(2)[to] = row_sum2(p, y, N, [&](vec x, vec w) { return (w * keep + shift) * (whole - (x - m)); });  // 1
        } else {
            const float total = row_sum(p, N, [](vec x) { return x; });
            a.at(2)[to] = -row_sum2(p, y, N, [&](vec x, vec w) {  // 2, 3
                return (w * keep + shift) * vlog(clamp(x / total, EPSILON, BELOW_1));
            });
        }
    });
}

inline void categorical_crossentropy_backward(const Args& a) {
    const int64_t N = a.n[2];
    const float keep = static_cast<float>(1 - a.f[0]), shift = static_cast<float>(a.f[0] / static_cast<double>(N));
    if (a.at(7) == nullptr) return;
    each_position(a, [&](int64_t at, int64_t from) {
        const float *p = a.at(0) + at, *y = a.at(1) + at, d = a.at(3)[from];
        float* dp = a.at(7) + at;
        if (a.n[3] != 0) {
            const float m = row_largest(p, N);
            const float total = row_sum(p, N, [&](vec x) { return vexp(x - m); });
            const float share = row_sum(y, N, [&](vec w) { return w * keep + shift; }) / total;
            map2(p, y, dp, N, [&](vec x, vec w) { return d * (vexp(x - m) * share - (w * keep + shift)); });  // undo 1
        } else {
            const float total = row_sum(p, N, [](vec x) { return x; });
            const auto slope = [&](vec x, vec w) {  // undo 3
                const vec r = x / total, q = clamp(r, EPSILON, BELOW_1);
                return select(q == r, -d * (w * keep + shift) / q, all(0));
            };
            const float dot = row_sum2(p, y, N, [&](vec x, vec w) { return slope(x, w) * (x / total); });
            map2(p, y, dp, N, [&](vec x, vec w) { return (slope(x, w) - dot) / total; });  // undo 2
        }
    });
}

inline void sparse_categorical_crossentropy_forward(const Args& a) {
    const int64_t N = a.n[2];
    each_position(a, [&](int64_t at, int64_t to) {
        const float *p = a.at(0) + at, x = p[a.at<int32_t>(1)[to]];
        if (a.n[3] != 0) {
            const float m = row_largest(p, N);
            a.at(2)[to] = log_sum(p, N, m) - (x - m);  // 1
        } else {
            const float total = row_sum(p, N, [](vec v) { return v; });
            a.at(2)[to] = -vlog(clamp(all(x / total), EPSILON, BELOW_1))[0];  // 2, 3
        }
    });
}

inline void sparse_categorical_crossentropy_backward(const Args& a) {
    const int64_t N = a.n[2];
    if (a.at(7) == nullptr) return;
    each_position(a, [&](int64_t at, int64_t from) {
        const float *p = a.at(0) + at, d = a.at(3)[from];
        const int32_t k = a.at<int32_t>(1)[from];
        float* dp = a.at(7) + at;
        if (a.n[3] != 0) {
            const float m = row_largest(p, N);
            const float total = row_sum(p, N, [&](vec x) { return vexp(x - m); });
            map(p, dp, N, [&](vec x) { return d * (vexp(x - m) / total); });
            dp[k] -= d;  // undo 1
        } else {
            const float total = row_sum(p, N, [](vec x) { return x; }), r = p[k] / total;
            const float dr = r >= EPSILON && r <= BELOW_1 ? -d / r : 0.f;  // undo 3
            map(p, dp, N, [&](vec) { return all(-dr * r / total); });
            dp[k] += dr / total;  // undo 2
        }
    });
}

// ---- accuracies: no gradients -------------------------------------------------------------------------------------

inline void binary_accuracy_forward(const Args& a) {
    const float threshold = static_cast<float>(a.f[0]);
    const int64_t N = a.n[2];
    each_position(a, [&](int64_t at, int64_t to) {
        const auto hit = [&](vec x, vec w) {
            return select(select(x > threshold, all(1), all(0)) == w, all(1), all(0));
        };
        a.at(2)[to] = row_sum2(a.at(0) + at, a.at(1) + at, N, hit) / static_cast<float>(N);
    });
}

inline void categorical_accuracy_forward(const Args& a) {
    const int64_t N = a.n[2];
    each_position(a, [&](int64_t at, int64_t to) {
        a.at(2)[to] = row_argmax(a.at(0) + at, N) == row_argmax(a.at(1) + at, N) ? 1.f : 0.f;
    });
}

inline void sparse_categorical_accuracy_forward(const Args& a) {
    const int64_t N = a.n[2];
    each_position(a, [&](int64_t at, int64_t to) {
        a.at(2)[to] = row_argmax(a.at(0) + at, N) == a.at<int32_t>(1)[to] ? 1.f : 0.f;
    });
}

}  // namespace tidegate::TIDEGATE_ISA
