// Twin of src/tidegate/ops/rectify.py. Exact but for the rounding of the slope.
#pragma once

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: numbers of a sample; f: negative slope, threshold, largest value. x (...); out y (...).
inline void rectify_forward(const Args& a) {
    const vec slope = all(static_cast<float>(a.f[0])), h = all(static_cast<float>(a.f[1])),
              most = all(static_cast<float>(a.f[2]));
    map(a.at(0), a.at(1), a.rows * a.n[0],
        [&](vec x) { return select(x > h, select(x < most, x, most), slope * (x - h)); });  // 1
}

// x (...), y null, dy (...); out dx (...) or null.
inline void rectify_backward(const Args& a) {
    if (a.at(6) == nullptr) return;
    const vec slope = all(static_cast<float>(a.f[0])), h = all(static_cast<float>(a.f[1])),
              most = all(static_cast<float>(a.f[2]));
    map2(a.at(0), a.at(2), a.at(6), a.rows * a.n[0],
         [&](vec x, vec d) { return select(x > h, select(x < most, d, vec{}), d * slope); });  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
