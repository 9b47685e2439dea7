// Twins of src/tidegate/ops/reduce.py and cumsum.py. Sums in float, in the order of memory.
//
// n: the walk through x and y. x (...); out y (...).
#pragma once

#include "kernel.hpp"
#include "math.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Sum {
    static constexpr float START = 0;
    static vec join(vec a, vec b) { return a + b; }
};
struct Largest {
    static constexpr float START = -__builtin_inff();
    static vec join(vec a, vec b) { return select((b > a) | (b != b), b, a); }  // a NaN stays one
};
struct Smallest {
    static constexpr float START = __builtin_inff();
    static vec join(vec a, vec b) { return select((b < a) | (b != b), b, a); }
};

template <class F>
inline void reduce_forward(const Args& a, bool mean = false) {
    const Walk<2> w(a.n, a.rows);
    const float* x = a.at(0);
    float* y = a.at(1);
    combine(
        w, 1, y, F::START, [&](const int64_t* at, int64_t m) { return load_strided(x + at[0], w.inner(0), m); },
        [](vec p, vec q) { return F::join(p, q); });  // 1
    const int64_t places = w.count(1), each = w.total() / places;
    if (mean && each > 1) map(y, y, places, [&](vec s) { return s / static_cast<float>(each); });
}

// x and y null, dy (...); out dx (...) or null.
inline void reduce_sum_backward(const Args& a, bool mean) {
    const Walk<2> w(a.n, a.rows);
    const float* dy = a.at(2);
    float* dx = a.at(6);
    if (dx == nullptr) return;
    const vec share = all(mean ? 1 / static_cast<float>(w.total() / w.count(1)) : 1.f);
    w.vectors([&](const int64_t* at, int64_t m) {
        store_strided(dx + at[0], w.inner(0), share * load_strided(dy + at[1], w.inner(1), m), m);  // undo 1
    });
}

// Scratch: how many x are the largest, for each y.
inline Sizes reduce_max_sizes(const int64_t* n, const double*, int64_t rows) {
    return {.scratch = Walk<2>(n, rows).count(1) * static_cast<int64_t>(sizeof(float))};
}

// x (...), y (...), dy (...); out dx (...) or null.
inline void reduce_max_backward(const Args& a) {
    const Walk<2> w(a.n, a.rows);
    const float *x = a.at(0), *y = a.at(1), *dy = a.at(2);
    float *hits = a.at(4), *dx = a.at(6);
    if (dx == nullptr) return;
    const auto hit = [&](const int64_t* at, int64_t m) {
        const vec p = load_strided(x + at[0], w.inner(0), m), q = load_strided(y + at[1], w.inner(1), m);
        return select(p == q, all(1), all(0));
    };
    add_up(w, 1, hits, hit);
    w.vectors([&](const int64_t* at, int64_t m) {
        const vec share = load_strided(dy + at[1], w.inner(1), m) / load_strided(hits + at[1], w.inner(1), m);
        store_strided(dx + at[0], w.inner(0), hit(at, m) * share, m);  // undo 1
    });
}

inline void sum_forward(const Args& a) { reduce_forward<Sum>(a); }
inline void sum_backward(const Args& a) { reduce_sum_backward(a, false); }
inline void mean_forward(const Args& a) { reduce_forward<Sum>(a, true); }
inline void mean_backward(const Args& a) { reduce_sum_backward(a, true); }
inline void max_forward(const Args& a) { reduce_forward<Largest>(a); }
inline void max_backward(const Args& a) { reduce_max_backward(a); }
inline void min_forward(const Args& a) { reduce_forward<Smallest>(a); }
inline void min_backward(const Args& a) { reduce_max_backward(a); }

// n: 1 for the largest and -1 for the smallest, N and the stride (s, r) of the axis, then the walk through x and y without it.
inline void place_of_largest(const Args& a) {
    const int64_t N = a.n[1], stride = a.n[2] + a.n[3] * a.rows;
    const float sign = static_cast<float>(a.n[0]);
    const Walk<2> w(a.n + 4, a.rows);
    w.runs([&](const int64_t* at) {
        for (int64_t k = 0; k < w.length(); ++k) {
            const float* x = a.at(0) + at[0] + k * w.inner(0);
            int64_t best = 0;
            for (int64_t i = 0; i < N; ++i) {
                const float v = sign * x[i * stride];
                if (v != v) {
                    best = i;
                    break;
                }
                if (v > sign * x[best * stride]) best = i;
            }
            a.at(1)[at[1] + k * w.inner(1)] = static_cast<float>(best);
        }
    });
}
inline void argmax_forward(const Args& a) { place_of_largest(a); }
inline void argmin_forward(const Args& a) { place_of_largest(a); }

// y = the sums along one axis, from one end or the other; n: N and the stride (s, r) of the axis, then the walk without it.
inline void sum_along(const Args& a, const float* x, float* y, bool backwards) {
    const int64_t N = a.n[0], stride = a.n[1] + a.n[2] * a.rows, step = backwards ? -stride : stride;
    const Walk<1> w(a.n + 3, a.rows);
    const int64_t first = backwards ? (N - 1) * stride : 0;
    w.vectors([&](const int64_t* at, int64_t m) {
        vec s = {};
        for (int64_t k = 0, place = at[0] + first; k < N; ++k, place += step) {
            s += load_strided(x + place, w.inner(0), m);
            store_strided(y + place, w.inner(0), s, m);
        }
    });
}

// x (...); out y (...).
inline void cumsum_forward(const Args& a) { sum_along(a, a.at(0), a.at(1), false); }  // 1

// x and y null, dy (...); out dx (...) or null.
inline void cumsum_backward(const Args& a) {
    if (a.at(6) != nullptr) sum_along(a, a.at(2), a.at(6), true);  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
