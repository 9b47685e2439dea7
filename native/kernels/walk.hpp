// The walk through several arrays at once, each with strides of its own: what broadcasting, reductions and views are made of.
// Written by `walk` in src/tidegate/ops/layout.py: axes, the size of each (0 for the samples), then for each array its start and
// its strides, each as (s, r) for s + r * rows.
#pragma once

#include <cstring>
#include <utility>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr int MOST_AXES = 8;  // as in src/tidegate/ops/layout.py

// How many numbers say such a walk.
constexpr int64_t walk_numbers(int64_t axes, int64_t arrays) { return 1 + axes + 2 * arrays * (axes + 1); }

// Through N arrays, axes in the order in which the first lies in memory, and as few of them as that allows.
template <int N>
struct Walk {
    int axes = 0;
    int64_t size[MOST_AXES], stride[N][MOST_AXES], start[N];

    __attribute__((noinline)) Walk(const int64_t* n, int64_t rows) {
        const int given = static_cast<int>(n[0]);
        const int64_t *sizes = n + 1, *rest = sizes + given;
        const auto read = [&](int array, int place) {
            const int64_t* p = rest + 2 * (array * (given + 1) + place);
            return p[0] + p[1] * rows;
        };
        for (int j = 0; j < N; ++j) start[j] = read(j, 0);
        for (int k = 0; k < given; ++k) {
            const int64_t extent = sizes[k] == 0 ? rows : sizes[k];
            if (extent == 1) continue;
            const int64_t first = read(0, k + 1);
            int at = axes++;  // behind the axes of larger strides
            for (; at > 0 && distance(stride[0][at - 1]) < distance(first); --at) {
                size[at] = size[at - 1];
                for (int j = 0; j < N; ++j) stride[j][at] = stride[j][at - 1];
            }
            size[at] = extent;
            for (int j = 0; j < N; ++j) stride[j][at] = read(j, k + 1);
        }
        int kept = 0;
        for (int k = 1; k < axes; ++k) {
            bool one = true;  // whether axis k runs on where axis `kept` ends
            for (int j = 0; j < N; ++j) one &= stride[j][kept] == stride[j][k] * size[k];
            if (one) {
                size[kept] *= size[k];
            } else {
                size[++kept] = size[k];
            }
            for (int j = 0; j < N; ++j) stride[j][kept] = stride[j][k];
        }
        if (axes == 0) {  // one number
            size[0] = 1;
            for (int j = 0; j < N; ++j) stride[j][0] = 1;
        }
        axes = kept + 1;
    }

    static int64_t distance(int64_t stride) { return stride < 0 ? -stride : stride; }
    int64_t length() const { return size[axes - 1]; }           // of a run
    int64_t inner(int j) const { return stride[j][axes - 1]; }  // the stride of array j along a run
    int64_t count(int j) const {                                // the places of array j that are gone to
        int64_t n = 1;
        for (int k = 0; k < axes; ++k) n *= stride[j][k] == 0 ? 1 : size[k];
        return n;
    }
    int64_t total() const {
        int64_t n = 1;
        for (int k = 0; k < axes; ++k) n *= size[k];
        return n;
    }

    // f(at): at[j] is the place in array j where a run along the last axis starts.
    template <class F>
    TIDEGATE_INLINE void runs(F f) const {
        int64_t at[N], index[MOST_AXES] = {};
        for (int j = 0; j < N; ++j) at[j] = start[j];
        do f(at);
        while (go_on(at, index, 1));
    }
    // f(at): where a plane along the last two axes starts, of `height()` runs that are outer(j) apart.
    template <class F>
    TIDEGATE_INLINE void planes(F f) const {
        int64_t at[N], index[MOST_AXES] = {};
        for (int j = 0; j < N; ++j) at[j] = start[j];
        do f(at);
        while (go_on(at, index, 2));
    }
    int64_t height() const { return axes > 1 ? size[axes - 2] : 1; }
    int64_t outer(int j) const { return axes > 1 ? stride[j][axes - 2] : 0; }
    // Lets two axes change places, where the order in which the walk goes on does not matter.
    void exchange(int k, int l) {
        std::swap(size[k], size[l]);
        for (int j = 0; j < N; ++j) std::swap(stride[j][k], stride[j][l]);
    }
    // To the next start along all axes but so many inner ones; false behind the last.
    __attribute__((noinline)) bool go_on(int64_t* at, int64_t* index, int inside) const {
        for (int k = axes - 1 - inside; k >= 0; --k) {
            const int64_t back = ++index[k] < size[k] ? 0 : size[k];
            for (int j = 0; j < N; ++j) at[j] += (1 - back) * stride[j][k];
            if (back == 0) return true;
            index[k] = 0;
        }
        return false;
    }

    // f(at, m): the same for each vector of a run, the last of m < LANES numbers.
    template <class F>
    TIDEGATE_INLINE void vectors(F f) const {
        const int64_t n = length();
        runs([&](const int64_t* begin) {
            int64_t at[N];
            for (int j = 0; j < N; ++j) at[j] = begin[j];
            for (int64_t k = 0; k < n; k += LANES) {
                f(at, n - k < LANES ? n - k : LANES);
                for (int j = 0; j < N; ++j) at[j] += LANES * inner(j);
            }
        });
    }
};

// Calls, not written out in every loop: what is not next to each other takes its time anyway.
__attribute__((noinline)) inline vec load_far(const float* p, int64_t stride, int64_t n) {
    alignas(64) float part[LANES] = {};
    for (int64_t k = 0; k < n; ++k) part[k] = p[k * stride];
    return load(part);
}
__attribute__((noinline)) inline void store_far(float* p, int64_t stride, vec v, int64_t n) {
    alignas(64) float part[LANES];
    store(part, v);
    for (int64_t k = 0; k < n; ++k) p[k * stride] = part[k];
}

// n <= LANES numbers that lie `stride` apart; the rest is 0, or with stride 0 the same number.
TIDEGATE_INLINE vec load_strided(const float* p, int64_t stride, int64_t n) {
    if (stride == 1) return load_up_to(p, n);
    if (stride == 0) return all(*p);
    return load_far(p, stride, n);
}
TIDEGATE_INLINE void store_strided(float* p, int64_t stride, vec v, int64_t n) {
    if (stride == 1) return store_up_to(p, v, n);
    store_far(p, stride, v, n);
}

// Makes array j of the walk from g(at, m): written, or combined by c where the walk comes to a place several times. `start` is what
// nothing was combined to yet, and what c leaves another number as it is with.
template <int N, class G, class C>
TIDEGATE_INLINE void combine(const Walk<N>& w, int j, float* d, float begin, G g, C c) {
    const int64_t stride = w.inner(j), places = w.count(j);
    if (places == w.total()) {
        w.vectors([&](const int64_t* at, int64_t m) { store_strided(d + at[j], stride, g(at, m), m); });
        return;
    }
    for (int64_t k = 0; k < places; ++k) d[k] = begin;  // such an array lies in one piece
    if (stride != 0) {
        w.vectors([&](const int64_t* at, int64_t m) {
            store_strided(d + at[j], stride, c(load_strided(d + at[j], stride, m), g(at, m)), m);
        });
        return;
    }
    const int64_t n = w.length();
    w.runs([&](const int64_t* from) {
        int64_t at[N];
        for (int i = 0; i < N; ++i) at[i] = from[i];
        vec v = all(begin);
        for (int64_t k = 0; k < n; k += LANES) {
            const int64_t m = n - k < LANES ? n - k : LANES;
            const vec more = g(at, m);
            v = c(v, m < LANES ? keep_part(more, m, all(begin)) : more);
            for (int i = 0; i < N; ++i) at[i] += LANES * w.inner(i);
        }
        float* to = d + from[j];
        vec s = all(*to);
        for (int k = 0; k < LANES; ++k) s = c(s, all(v[k]));
        *to = s[0];
    });
}

template <int N, class G>
TIDEGATE_INLINE void add_up(const Walk<N>& w, int j, float* d, G g) {
    combine(w, j, d, 0.f, g, [](vec a, vec b) { return a + b; });
}

}  // namespace tidegate::TIDEGATE_ISA
