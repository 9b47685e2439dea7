// Twins of src/tidegate/ops/views.py, reshape.py, concatenate.py, zero_masked.py and take_steps.py. Exact forward; the
// numbers may be float or int32.
#pragma once

#include <cstring>

#include "kernel.hpp"
#include "tile.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

// to[c * ld_to + r] = from[r * ld_from + c]
inline void turn(const float* from, int64_t ld_from, int64_t rows, int64_t columns, float* to, int64_t ld_to) {
    int64_t r = 0;
    for (; r + LANES <= rows; r += LANES)
        for (int64_t c = 0; c < columns; c += LANES)
            transpose_square(from + r * ld_from + c, ld_from, LANES, columns - c, to + c * ld_to + r, ld_to);
    for (; r < rows; ++r)
        for (int64_t c = 0; c < columns; ++c) to[c * ld_to + r] = from[r * ld_from + c];
}

// to[at] = from[at] along the walk, whose array number `t` is `to`, the other one `from`. Whole words are moved: what they mean does
// not matter. Where each array lies in one piece along an axis of its own, squares are turned in registers.
inline void copy_along(Walk<2> w, int t, float* to, const float* from) {
    const int f = 1 - t;
    if (w.inner(1) != 1)
        for (int k = 0; k < w.axes - 1; ++k)
            if (w.stride[1][k] == 1) w.exchange(k, w.axes - 2);
    const int64_t n = w.length(), m = w.height();
    const bool turned = w.inner(0) == 1 && w.outer(1) == 1;
    w.planes([&](const int64_t* at) {
        float* d = to + at[t];
        const float* s = from + at[f];
        if (turned && t == 0) return turn(s, w.inner(1), n, m, d, w.outer(0));
        if (turned) return turn(s, w.outer(0), m, n, d, w.inner(1));
        for (int64_t i = 0; i < m; ++i, d += w.outer(t), s += w.outer(f))
            if (w.inner(0) == 1 && w.inner(1) == 1)
                for (int64_t k = 0; k < n; k += LANES) store_up_to(d + k, load_up_to(s + k, n - k), n - k);
            else
                for (int64_t k = 0; k < n; ++k) d[k * w.inner(t)] = s[k * w.inner(f)];
    });
}

// n: numbers of a sample in y and in x, the bits of what y holds where nothing is moved to, then the walk through y and x.
// x (...); out y (...).
inline void move_forward(const Args& a, bool fill) {
    int32_t* y = a.at<int32_t>(1);
    if (fill)
        for (int64_t k = 0; k < a.rows * a.n[0]; ++k) y[k] = static_cast<int32_t>(a.n[2]);
    copy_along(Walk<2>(a.n + 3, a.rows), 0, a.at(1), a.at(0));  // 1
}

// x and y null, dy (...); out dx (...) or null.
inline void move_backward(const Args& a, bool parts) {
    const Walk<2> w(a.n + 3, a.rows);
    const float* dy = a.at(2);
    float* dx = a.at(6);
    if (dx == nullptr) return;
    if (parts) std::memset(dx, 0, a.rows * a.n[1] * sizeof(float));
    if (w.count(1) == w.total()) return copy_along(w, 1, dx, dy);
    add_up(w, 1, dx, [&](const int64_t* at, int64_t m) { return load_strided(dy + at[0], w.inner(0), m); });  // undo 1
}

inline void transpose_forward(const Args& a) { move_forward(a, false); }
inline void transpose_backward(const Args& a) { move_backward(a, false); }
inline void cut_forward(const Args& a) { move_forward(a, false); }
inline void cut_backward(const Args& a) { move_backward(a, true); }
inline void pad_forward(const Args& a) { move_forward(a, true); }
inline void pad_backward(const Args& a) { move_backward(a, false); }
inline void broadcast_to_forward(const Args& a) { move_forward(a, false); }
inline void broadcast_to_backward(const Args& a) { move_backward(a, false); }

// n: the walk through y and a, then through y and b. a, b (...); out y (...).
inline void concatenate_forward(const Args& a) {
    const int64_t* second = a.n + walk_numbers(a.n[0], 2);
    copy_along(Walk<2>(a.n, a.rows), 0, a.at(2), a.at(0));
    copy_along(Walk<2>(second, a.rows), 0, a.at(2), a.at(1));  // 1
}

// a, b and y null, dy (...); out da, db (...) or null.
inline void concatenate_backward(const Args& a) {
    const int64_t* walks[] = {a.n, a.n + walk_numbers(a.n[0], 2)};
    for (int k = 0; k < 2; ++k)
        if (a.at(7 + k) != nullptr) copy_along(Walk<2>(walks[k], a.rows), 1, a.at(7 + k), a.at(3));  // undo 1
}

// Copies samples that lie as [S][B][I] to where they lie as [T][B][J], with S * I = T * J numbers each.
inline void relay(const float* x, int64_t S, int64_t I, float* y, int64_t T, int64_t J, int64_t B) {
    if (S == T) {
        std::memcpy(y, x, B * S * I * sizeof(float));
        return;
    }
    for (int64_t k = 0; k < S * I;) {  // the run of numbers from the kth on that both hold in one piece
        const int64_t s = k / I, i = k % I, t = k / J, j = k % J;
        const int64_t run = I - i < J - j ? I - i : J - j;
        for (int64_t b = 0; b < B; ++b)
            std::memcpy(y + (t * B + b) * J + j, x + (s * B + b) * I + i, run * sizeof(float));
        k += run;
    }
}

// n: steps of x, numbers in each, steps of y, numbers in each. x (B, ...); out y (B, ...).
inline void reshape_forward(const Args& a) { relay(a.at(0), a.n[0], a.n[1], a.at(1), a.n[2], a.n[3], a.rows); }

// x and y null, dy (B, ...); out dx (B, ...) or null.
inline void reshape_backward(const Args& a) {
    if (a.at(6) != nullptr) relay(a.at(2), a.n[2], a.n[3], a.at(6), a.n[0], a.n[1], a.rows);  // undo 1
}

// y (B, T, F) = x where mask (B, T) is not 0, else 0; n: T, F.
inline void keep_where(const Args& a, const float* x, const float* mask, float* y) {
    const int64_t T = a.n[0], F = a.n[1];
    for (int64_t t = 0; t < T; ++t)
        for (int64_t b = 0; b < a.rows; ++b) {
            const int64_t at = (t * a.rows + b) * F;
            if (mask[b * T + t] != 0)
                std::memcpy(y + at, x + at, F * sizeof(float));
            else
                std::memset(y + at, 0, F * sizeof(float));
        }
}

// n: T, F. x (B, T, F), mask (B, T); out y (B, T, F).
inline void zero_masked_forward(const Args& a) { keep_where(a, a.at(0), a.at(1), a.at(2)); }  // 1

// x and y null, mask (B, T), dy (B, T, F); out dx (B, T, F) or null, none for mask.
inline void zero_masked_backward(const Args& a) {
    if (a.at(7) != nullptr) keep_where(a, a.at(3), a.at(1), a.at(7));  // undo 1
}

// n: T, numbers of a step, steps of y, then for each of these a step of x, or -1 for zeros. x (B, T, ...); out y (B, To, ...).
inline void take_steps_forward(const Args& a) {
    const int64_t width = a.rows * a.n[1];
    for (int64_t t = 0; t < a.n[2]; ++t) {
        const int64_t from = a.n[3 + t];
        if (from >= 0)
            std::memcpy(a.at(1) + t * width, a.at(0) + from * width, width * sizeof(float));  // 1
        else
            std::memset(a.at(1) + t * width, 0, width * sizeof(float));  // 2
    }
}

// x and y null, dy (B, To, ...); out dx (B, T, ...) or null.
inline void take_steps_backward(const Args& a) {
    const int64_t width = a.rows * a.n[1];
    float* dx = a.at(6);
    if (dx == nullptr) return;
    std::memset(dx, 0, a.n[0] * width * sizeof(float));
    for (int64_t t = 0; t < a.n[2]; ++t)
        if (const int64_t from = a.n[3 + t]; from >= 0)
            map2(dx + from * width, a.at(2) + t * width, dx + from * width, width,
                 [](vec s, vec d) { return s + d; });  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
