// Twins of src/tidegate/ops/add.py, multiply.py, scale.py and not_equal.py. Exact.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// Numbers of a and b; n: numbers of a sample or of a parameter, 1 for samples, 1 for scalars (one double).
inline int64_t add_count(const Args& a) { return a.n[1] != 0 ? a.rows * a.n[0] : a.n[0]; }

// a (...), b (...); out y (...).
inline void add_forward(const Args& a) {
    if (a.n[2] != 0)
        *a.at<double>(2) = *a.at<double>(0) + *a.at<double>(1);
    else
        map2(a.at(0), a.at(1), a.at(2), add_count(a), [](vec x, vec w) { return x + w; });  // 1
}

// a, b and y null, dy (...) or null for the number 1; out da, db (...) or null.
inline void add_backward(const Args& a) {
    for (int k = 7; k <= 8; ++k) {
        if (a.at(k) == nullptr) continue;
        if (a.n[2] != 0)
            *a.at<double>(k) = a.at(3) == nullptr ? 1 : *a.at<double>(3);
        else
            std::memcpy(a.at(k), a.at(3), add_count(a) * sizeof(float));  // undo 1
    }
}

// n: numbers of a sample. a (...), b (...); out y (...).
inline void multiply_forward(const Args& a) {
    map2(a.at(0), a.at(1), a.at(2), a.rows * a.n[0], [](vec x, vec w) { return x * w; });  // 1
}

// a (...), b (...), y null, dy (...); out da, db (...) or null.
inline void multiply_backward(const Args& a) {
    for (int k = 0; k < 2; ++k)
        if (a.at(7 + k) != nullptr)
            map2(a.at(3), a.at(1 - k), a.at(7 + k), a.rows * a.n[0], [](vec d, vec w) { return d * w; });  // undo 1
}

// n: numbers of a sample; f: factor. x (...); out y (...).
inline void scale_forward(const Args& a) {
    const vec factor = all(static_cast<float>(a.f[0]));
    map(a.at(0), a.at(1), a.rows * a.n[0], [&](vec x) { return factor * x; });  // 1
}

// x and y null, dy (...); out dx (...) or null.
inline void scale_backward(const Args& a) {
    const vec factor = all(static_cast<float>(a.f[0]));
    if (a.at(6) != nullptr) map(a.at(2), a.at(6), a.rows * a.n[0], [&](vec d) { return factor * d; });  // undo 1
}

// n: numbers of a sample, 1 where x is int32; f: value. x (...); out m (...), 1 where x differs from the value, else 0.
inline void not_equal_forward(const Args& a) {
    const int64_t n = a.rows * a.n[0];
    float* m = a.at(1);
    if (a.n[1] != 0) {
        const int32_t* x = a.at<int32_t>(0);
        for (int64_t k = 0; k < n; ++k) m[k] = x[k] != a.f[0] ? 1.f : 0.f;
    } else {
        const vec value = all(static_cast<float>(a.f[0]));
        map(a.at(0), m, n, [&](vec x) { return select(x != value, all(1), all(0)); });
    }
}

}  // namespace tidegate::TIDEGATE_ISA
