// Twins of src/tidegate/ops/argsort.py and take_along_axis.py. Exact forward; the gradient in the order of memory.
#pragma once

#include <algorithm>
#include <cstring>

#include "kernel.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Placed {
    float number;
    int32_t place;
};

// Scratch: one run along the axis.
inline Sizes argsort_sizes(const int64_t* n, const double*, int64_t) {
    return {.scratch = n[0] * static_cast<int64_t>(sizeof(Placed))};
}

// n: N and the stride (s, r) of the axis, then the walk through x without it. x (...); out y (...), scratch.
inline void argsort_forward(const Args& a) {
    const int64_t N = a.n[0], stride = a.n[1] + a.n[2] * a.rows;
    const float* x = a.at(0);
    float* y = a.at(1);
    Placed* run = a.at<Placed>(3);
    const Walk<1> w(a.n + 3, a.rows);
    w.runs([&](const int64_t* at) {
        for (int64_t k = 0; k < w.length(); ++k) {
            const int64_t first = at[0] + k * w.inner(0);
            for (int64_t i = 0; i < N; ++i) run[i] = {x[first + i * stride], static_cast<int32_t>(i)};
            // of equals the first, NaN last; std::stable_sort would allocate
            std::sort(run, run + N, [](const Placed& p, const Placed& q) {
                const bool unknown = p.number != p.number, other = q.number != q.number;
                if (unknown != other) return other;
                if (!unknown && p.number != q.number) return p.number < q.number;
                return p.place < q.place;
            });
            for (int64_t i = 0; i < N; ++i) y[first + i * stride] = static_cast<float>(run[i].place);
        }
    });
}

// n: numbers of x (for each sample, where the next one is 1), K and the stride of the axis in y, N and that in x, each stride
// (s, r), then the walk through y and x without the axis. f(place in y, place in x) for each number of y.
template <class F>
inline void along_places(const Args& a, const float* indices, F f) {
    const int64_t K = a.n[2], to = a.n[3] + a.n[4] * a.rows, N = a.n[5], from = a.n[6] + a.n[7] * a.rows;
    const Walk<2> w(a.n + 8, a.rows);
    w.runs([&](const int64_t* at) {
        for (int64_t k = 0; k < w.length(); ++k)
            for (int64_t i = 0; i < K; ++i) {
                const int64_t in_y = at[0] + k * w.inner(0) + i * to;
                const float wanted = indices[in_y];
                // compared as a float, so that NaN and what no whole number holds stay within the axis
                const float up = wanted < 0 ? wanted + static_cast<float>(N) : wanted;
                const int64_t place = up > 0 ? (up < static_cast<float>(N) ? static_cast<int64_t>(up) : N - 1) : 0;
                f(in_y, at[1] + k * w.inner(1) + place * from);
            }
    });
}

// x (..., N, ...), indices (..., K, ...); out y (..., K, ...).
inline void take_along_axis_forward(const Args& a) {
    const float* x = a.at(0);
    float* y = a.at(2);
    along_places(a, a.at(1), [&](int64_t in_y, int64_t in_x) { y[in_y] = x[in_x]; });  // 1
}

// x and y null, indices, dy (..., K, ...); out dx (..., N, ...) or null, none for indices.
inline void take_along_axis_backward(const Args& a) {
    const float* dy = a.at(3);
    float* dx = a.at(7);
    if (dx == nullptr) return;
    std::memset(dx, 0, a.n[0] * (a.n[1] ? a.rows : 1) * sizeof(float));
    along_places(a, a.at(1), [&](int64_t in_y, int64_t in_x) { dx[in_x] += dy[in_y]; });  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
