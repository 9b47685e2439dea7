// Twin of src/tidegate/ops/where.py. Exact.
#pragma once

#include "kernel.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

// n: the walk through y, c, x1 and x2. c, x1, x2 (...); out y (...).
inline void where_forward(const Args& a) {
    const Walk<4> w(a.n, a.rows);
    const auto part = [&](int k, const int64_t* at, int64_t m) {
        return load_strided(a.at(k) + at[k + 1], w.inner(k + 1), m);
    };
    w.vectors([&](const int64_t* at, int64_t m) {
        const vec y = select(part(0, at, m) != 0, part(1, at, m), part(2, at, m));  // 1
        store_strided(a.at(3) + at[0], w.inner(0), y, m);
    });
}

// c (...), x1, x2 and y null, dy (...); none for c, out dx1, dx2 (...) or null.
inline void where_backward(const Args& a) {
    const Walk<4> w(a.n, a.rows);
    for (int k = 0; k < 2; ++k) {
        if (a.at(9 + k) == nullptr) continue;
        add_up(w, 2 + k, a.at(9 + k), [&](const int64_t* at, int64_t m) {
            const ivec hit = load_strided(a.at(0) + at[1], w.inner(1), m) != 0;
            const vec dy = load_strided(a.at(4) + at[0], w.inner(0), m);
            return k == 0 ? select(hit, dy, all(0)) : select(hit, all(0), dy);  // undo 1
        });
    }
}

}  // namespace tidegate::TIDEGATE_ISA
