// Twins of src/tidegate/ops/updates.py: one optimizer step, in place, in float; what depends on the iteration alone in double.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// p (n) and s[0] = m (n) are updated; g (n). f: momentum, nesterov. Without momentum there is no m.
inline void sgd(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec rate = all(static_cast<float>(lr)), momentum = all(static_cast<float>(f[0]));
    if (f[0] == 0) {
        map2(p, g, p, n, [&](vec x, vec d) { return x - rate * d; });
        return;
    }
    float* m = s[0];
    map2(m, g, m, n, [&](vec v, vec d) { return momentum * v - rate * d; });
    if (f[1] == 0) {
        map2(p, m, p, n, [](vec x, vec v) { return x + v; });
        return;
    }
    map2(p, m, p, n, [&](vec x, vec v) { return x + momentum * v; });
    map2(p, g, p, n, [&](vec x, vec d) { return x - rate * d; });
}

// f(k, part) for runs of whole vectors, with part = LANES, and for the rest, with part < LANES.
template <class F>
TIDEGATE_INLINE void each_vector(int64_t n, F f) {
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES)
        f([k](const float* x) { return load(x + k); }, [k](float* x, vec v) { store(x + k, v); });
    if (const int64_t m = n - k; m > 0)
        f([k, m](const float* x) { return load_part(x + k, m); }, [k, m](float* x, vec v) { store_part(x + k, v, m); });
}

// p, s[0] = m and s[1] = v (n) are updated; g (n). f: beta_1, beta_2, epsilon.
inline void adam(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration) {
    const double t = static_cast<double>(iteration + 1);
    const vec alpha = all(static_cast<float>(lr * std::sqrt(1 - std::pow(f[1], t)) / (1 - std::pow(f[0], t))));
    const vec a = all(static_cast<float>(1 - f[0])), b = all(static_cast<float>(1 - f[1])),
              epsilon = all(static_cast<float>(f[2]));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), m0 = get(s[0]), v0 = get(s[1]);
        const vec m = m0 + (d - m0) * a, v = v0 + (d * d - v0) * b;
        put(s[0], m);
        put(s[1], v);
        put(p, get(p) - m * alpha / (vsqrt(v) + epsilon));
    });
}

// p and s = v, then m with momentum, then a if centered (n) are updated; g (n). f: rho, momentum, epsilon, centered.
inline void rmsprop(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec rho = all(static_cast<float>(f[0])), rest = all(static_cast<float>(1 - f[0]));
    const vec momentum = all(static_cast<float>(f[1])), epsilon = all(static_cast<float>(f[2])),
              rate = all(static_cast<float>(lr));
    const bool moves = f[1] != 0, centered = f[3] != 0;
    float *v = s[0], *m = moves ? s[1] : nullptr, *mean = centered ? s[moves ? 2 : 1] : nullptr;
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), w = rho * get(v) + rest * d * d;
        put(v, w);
        vec below = w + epsilon;
        if (centered) {
            const vec c = rho * get(mean) + rest * d;
            put(mean, c);
            below -= c * c;
        }
        vec step = rate * d / vsqrt(below);
        if (moves) {
            step += momentum * get(m);
            put(m, step);
        }
        put(p, get(p) - step);
    });
}

}  // namespace tidegate::TIDEGATE_ISA
