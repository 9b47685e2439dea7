// Twin of src/tidegate/ops/activation.py. Largest errors: accuracy.hpp.
#pragma once

#include "activations.hpp"
#include "kernel.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: numbers of a sample, code. z (...); out a (...).
inline void activation_forward(const Args& a) {
    with_code(static_cast<int>(a.n[1]), [&]<int CODE>(Known<CODE>) {
        map(a.at(0), a.at(1), a.rows * a.n[0], [](vec z) { return activate<CODE>(z); });
    });
}

// z (...), a (...), da (...); out dz (...) or null.
inline void activation_backward(const Args& a) {
    const float *z = a.at(0), *y = a.at(1), *dy = a.at(2);
    float* dz = a.at(6);
    const int64_t n = a.rows * a.n[0];
    if (dz == nullptr) return;
    with_code(static_cast<int>(a.n[1]), [&]<int CODE>(Known<CODE>) {
        int64_t k = 0;
        for (; k + LANES <= n; k += LANES) store(dz + k, load(dy + k) * slope<CODE>(load(z + k), load(y + k)));
        if (const int64_t m = n - k; m > 0)
            store_part(dz + k, load_part(dy + k, m) * slope<CODE>(load_part(z + k, m), load_part(y + k, m)), m);
    });
}

// For tests of accuracy: a = activation(z) and its slope; a code beyond the last gives the logarithm.
inline void activate_all(int code, const float* z, float* a, float* da, int64_t n) {
    if (code >= Act::count) {
        map(z, a, n, [](vec x) { return vlog(x); });
        map(z, da, n, [](vec x) { return 1 / x; });
        return;
    }
    map(z, a, n, [&](vec x) { return activate(code, x); });
    map2(z, a, da, n, [&](vec x, vec y) { return slope(code, x, y); });
}

}  // namespace tidegate::TIDEGATE_ISA
