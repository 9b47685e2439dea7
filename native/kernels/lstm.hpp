// Twin of src/tidegate/ops/lstm.py: the same numbered lines.
//
// The four gates of LANES units stand side by side ([4 gates][LANES]), so that one register tile holds all that a unit's new state
// needs, and the gates' functions follow the product without a trip through memory. What is left of U after such whole blocks goes into
// blocks of LANES / 2 and LANES / 4 units, where the gates of 2 or 4 samples share a vector: a layer of 4 units, or the last 2 of 50, costs
// a quarter of a block, in products and in the gates' functions alike. M is the number of samples in a vector, W = LANES / M.
//
// Gate columns: block after block, in each [4 gates][W]. G of them; a row of gates takes `stride` floats.
#pragma once

#include <cstring>

#include "activations.hpp"
#include "kernel.hpp"
#include "tile.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr int QUARTER = LANES / 4;

// f.template operator()<M>(u0) for the blocks that cover U units.
template <class F>
TIDEGATE_INLINE void over_blocks(int64_t U, F f) {
    int64_t u0 = 0;
    for (; U - u0 > 3 * QUARTER; u0 += LANES) f.template operator()<1>(u0);
    if (U - u0 > QUARTER) f.template operator()<2>(u0), u0 += LANES / 2;
    if (U > u0) f.template operator()<4>(u0);
}

struct LstmShape {
    int64_t B, T, F, U;
    int64_t Q;       // units, blocks filled up
    int64_t G;       // gate columns
    int64_t stride;  // of a row of gates: not a multiple of 4 KiB, or rows would push each other out of the first cache
    int64_t rows;    // B, groups of samples filled up
    int act, rec;
    bool sequences, backwards;

    LstmShape(const int64_t* n, int64_t samples)
        : B(samples),
          T(n[0]),
          F(n[1]),
          U(n[2]),
          Q((U + QUARTER - 1) / QUARTER * QUARTER),
          G(4 * Q),
          stride(G + (G % 256 ? 0 : 16)),
          rows((B + 3) / 4 * 4),
          act(static_cast<int>(n[3])),
          rec(static_cast<int>(n[4])),
          sequences(n[5] != 0),
          backwards(n[6] != 0) {}

    int64_t time(int64_t s) const { return backwards ? T - 1 - s : s; }  // the step of x that is taken s-th

    // panels: gates of (1 + F + U) rows, the first one the bias; then Rᵀ (G, U); then Wᵀ (G, F)
    int64_t recurrent_panel() const { return (1 + F + U) * G; }
    int64_t input_panel() const { return recurrent_panel() + G * padded(U); }
    int64_t panels() const { return input_panel() + G * padded(F); }

    // Arrays by unit (c, φ(c), dc) lie block after block, in each [group of M samples][M][W].
    int64_t by_unit() const { return Q * rows; }
    int64_t gates() const { return rows * stride; }

    // saved: gates [T][rows][stride], then c and φ(c) [T][by unit], then h [T][B][U] unless it is the output
    int64_t saved_c() const { return T * gates(); }
    int64_t saved_a() const { return saved_c() + T * by_unit(); }
    int64_t saved_h() const { return saved_a() + T * by_unit(); }
    int64_t saved() const { return saved_h() + (sequences ? 0 : T * B * U); }

    // scratch, forward: c (by unit) and two h [B][U]; backward: dc, dh kept by a mask (by unit), dh [rows][Q], then dW and dR (F + U, G), db (G)
    int64_t scratch_weights() const { return 2 * by_unit() + rows * Q; }
    int64_t scratch() const { return std::max(by_unit() + 2 * B * U, scratch_weights() + (F + U + 1) * G); }
};

inline Sizes lstm_sizes(const int64_t* n, const double*, int64_t rows) {
    const LstmShape s(n, rows);
    const int64_t size = sizeof(float);
    return {s.saved() * size, s.scratch() * size, s.panels() * size};
}

// x null, W (F, 4U), R (U, 4U), b (4U) or null, mask null; panels out.
inline void lstm_pack(const Args& a) {
    const LstmShape s(a.n, 0);
    const float *W = a.at(1), *R = a.at(2), *b = a.at(3);
    float* panels = a.at(5);
    const int64_t U = s.U, K = 1 + s.F + U;
    over_blocks(U, [&]<int M>(int64_t u0) {
        constexpr int w = LANES / M;
        const int64_t n = std::min<int64_t>(w, U - u0);
        float* to = panels + u0 * 4 * K;
        for (int64_t k = 0; k < K; ++k) {
            const float* row = k == 0 ? b : k <= s.F ? W + (k - 1) * 4 * U : R + (k - 1 - s.F) * 4 * U;
            for (int64_t gate = 0; gate < 4; ++gate, to += w)
                for (int64_t j = 0; j < w; ++j) to[j] = j < n && row != nullptr ? row[gate * U + u0 + j] : 0.0f;
        }
    });
    auto runs = [&](auto run) {
        over_blocks(U, [&]<int M>(int64_t u0) {
            for (int64_t gate = 0; gate < 4; ++gate)
                run(4 * u0 + gate * (LANES / M), gate * U + u0, std::min<int64_t>(LANES / M, U - u0));
        });
    };
    pack_transposed(R, 4 * U, s.G, U, panels + s.recurrent_panel(), runs);
    pack_transposed(W, 4 * U, s.G, s.F, panels + s.input_panel(), runs);
}

// A function known when compiling, or (CODE < 0) by number.
template <int CODE>
TIDEGATE_INLINE vec value_of(int code, vec z) {
    if constexpr (CODE >= 0)
        return activate<CODE>(z);
    else
        return activate(code, z);
}
// What is saved of a gate: its value where the slope follows from it, else z.
template <int CODE>
inline constexpr bool keeps_value = CODE >= 0;
template <int CODE>
TIDEGATE_INLINE void value_and_slope(int code, vec kept, vec& value, vec& slope_) {
    if constexpr (CODE >= 0) {
        value = kept;
        slope_ = slope<CODE>(kept, kept);
    } else {
        value = activate(code, kept);
        slope_ = slope(code, kept, value);
    }
}

// (M, W) of rows that are `stride` apart: n <= W numbers of each of `count` <= M rows, the rest 0; and back.
template <int M>
TIDEGATE_INLINE vec load_group(const float* p, int64_t stride, int64_t n, int count) {
    if constexpr (M == 1) return load_up_to(p, n);
    float part[LANES] = {};
    for (int r = 0; r < count; ++r)
        for (int64_t k = 0; k < n; ++k) part[r * (LANES / M) + k] = p[r * stride + k];
    return load(part);
}
template <int M>
TIDEGATE_INLINE void store_group(float* p, int64_t stride, int64_t n, int count, vec v) {
    if constexpr (M == 1) return store_up_to(p, v, n);
    float part[LANES];
    store(part, v);
    for (int r = 0; r < count; ++r)
        for (int64_t k = 0; k < n; ++k) p[r * stride + k] = part[r * (LANES / M) + k];
}
// Where each of the rows counts: all ones in its lanes.
template <int M>
TIDEGATE_INLINE ivec counted(const float* mask, int64_t stride, int count) {
    ivec m = {};
    for (int r = 0; r < count; ++r)
        for (int k = 0; k < LANES / M; ++k) m[r * (LANES / M) + k] = mask[r * stride] != 0 ? -1 : 0;
    return m;
}

// 4 / M vectors of each of M samples become one vector for each gate; and back, since it undoes itself.
template <int M>
TIDEGATE_INLINE void regroup(vec (&z)[4]) {
    if constexpr (M == 2) {
        std::swap(z[1], z[2]);  // vectors (a, b, a', b') of samples a and b
        exchange<2>(z);
        exchange<2>(z + 2);
    }
    if constexpr (M == 4) exchange<4>(z);
}
template <int M>
TIDEGATE_INLINE void ungroup(vec (&z)[4]) {
    if constexpr (M == 2) {
        exchange<2>(z);
        exchange<2>(z + 2);
        std::swap(z[1], z[2]);
    }
    if constexpr (M == 4) exchange<4>(z);
}

// f.template operator()<R>(first row): tiles of whole groups of M samples, then one for what is left of a group.
template <int M, class F>
TIDEGATE_INLINE void over_groups(int64_t B, F f) {
    if constexpr (M == 1) return over_rows<4>(B, f);
    int64_t m = 0;
    constexpr int R = ROWS<4 / M>;
    for (; m + R <= B; m += R) f.template operator()<R>(m);
    if constexpr (R > 4)
        if (m + 4 <= B) f.template operator()<4>(m), m += 4;
    if constexpr (M == 2 && R > 2)
        if (m + 2 <= B) f.template operator()<2>(m), m += 2;
    switch (B - m) {
        case 1: f.template operator()<1>(m); break;
        case 2: f.template operator()<2>(m); break;
        case 3: f.template operator()<3>(m); break;
        default: break;
    }
}

template <int ACT, int REC>
inline void lstm_forward_as(const Args& args) {
    const LstmShape s(args.n, args.rows);
    const float *x = args.at(0), *mask = args.at(4), *panels = args.at(8);
    float *y = args.at(5), *saved = args.at(6), *scratch = args.at(7);
    const int64_t B = s.B, T = s.T, F = s.F, U = s.U, K = 1 + F + U;
    for (int64_t step = 0; step < T; ++step) {
        const int64_t t = s.time(step);
        const float* x_t = x + t * B * F;
        float* const gates_s = saved ? saved + step * s.gates() : nullptr;
        float* const c_s = saved ? saved + s.saved_c() + step * s.by_unit() : scratch;
        const float* const c_before = saved ? c_s - s.by_unit() : c_s;
        float* const states = s.sequences ? y : saved ? saved + s.saved_h() : nullptr;  // [T][B][U]
        float* const two = scratch + s.by_unit();  // without them, this state and the one before
        float* const h = states ? states + step * B * U : step == T - 1 ? y : two + (step & 1) * B * U;
        const float* const h_before = states ? h - B * U : two + (~step & 1) * B * U;
        over_blocks(U, [&]<int M>(int64_t u0) __attribute__((always_inline)) {
            constexpr int V = 4 / M, w = LANES / M;
            const float* panel = panels + u0 * 4 * K;
            const int64_t n = std::min<int64_t>(w, U - u0);
            over_groups<M>(B, [&]<int R>(int64_t m) __attribute__((always_inline)) {
                Tile<R, V> z;  // 1: z = b + x W + h R
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    unroll<V>([&](auto v) __attribute__((always_inline)) { z.at[r][v] = load(panel + v * LANES); });
                });
                multiply(z, x_t + m * F, F, 1, panel + 4 * w, 4 * w, F);
                if (step > 0) multiply(z, h_before + m * U, U, 1, panel + (1 + F) * 4 * w, 4 * w, U);
                unroll<(R + M - 1) / M>([&](auto group) __attribute__((always_inline)) {
                    constexpr int r0 = group * M, count = R - r0 < M ? R - r0 : M;
                    const int64_t row = m + r0, unit = u0 * s.rows + row / M * LANES;
                    vec q[4] = {};
                    unroll<count>([&](auto r) __attribute__((always_inline)) {
                        unroll<V>([&](auto v) __attribute__((always_inline)) { q[r * V + v] = z.at[r0 + r][v]; });
                    });
                    regroup<M>(q);
                    const vec i = value_of<REC>(s.rec, q[0]), f = value_of<REC>(s.rec, q[1]);
                    const vec g = value_of<ACT>(s.act, q[2]), o = value_of<REC>(s.rec, q[3]);
                    const vec before = step > 0 ? load(c_before + unit) : vec{};
                    vec c_new = f * before + i * g;             // 2
                    const vec a = value_of<ACT>(s.act, c_new);  // 3
                    vec h_new = o * a;
                    if (gates_s != nullptr) {
                        const vec keep[4] = {keeps_value<REC> ? i : q[0], keeps_value<REC> ? f : q[1],
                                             keeps_value<ACT> ? g : q[2], keeps_value<REC> ? o : q[3]};
                        float* to = gates_s + row * s.stride + 4 * u0;
                        unroll<4>([&](auto k) __attribute__((always_inline)) {
                            store(to + k / V * s.stride + k % V * LANES, keep[k]);
                        });
                        store(gates_s + (s.saved_a() - step * s.gates()) + step * s.by_unit() + unit,
                              keeps_value<ACT> ? a : c_new);
                    }
                    if (mask != nullptr) {  // 4: the state stays
                        const ivec counts = counted<M>(mask + row * T + t, T, count);
                        c_new = select(counts, c_new, before);
                        h_new = select(counts, h_new,
                                       step > 0 ? load_group<M>(h_before + row * U + u0, U, n, count) : vec{});
                    }
                    store(c_s + unit, c_new);
                    store_group<M>(h + row * U + u0, U, n, count, h_new);
                });
            });
        });
    }
    if (saved && !s.sequences) std::memcpy(y, saved + s.saved_h() + (T - 1) * B * U, B * U * sizeof(float));
}

template <int ACT, int REC>
inline void lstm_backward_as(const Args& args) {
    const LstmShape s(args.n, args.rows);
    const float *x = args.at(0), *mask = args.at(4), *h_out = args.at(5), *dy = args.at(6), *panels = args.at(9);
    float *saved = args.at(7), *scratch = args.at(8);
    float *dx = args.at(10), *dW = args.at(11), *dR = args.at(12), *db = args.at(13);
    const int64_t B = s.B, T = s.T, F = s.F, U = s.U, Q = s.Q, G = s.G;
    const float* h_all = s.sequences ? h_out : saved + s.saved_h();
    float *dc = scratch, *kept = dc + s.by_unit(),
          *dh = kept + s.by_unit();  // kept: dh of steps that a mask passed over
    float *dWs = scratch + s.scratch_weights(), *dRs = dWs + F * G, *dbs = dRs + U * G;
    std::memset(scratch, 0, (s.scratch_weights() + (F + U + 1) * G) * sizeof(float));
    const bool weights = dW != nullptr || dR != nullptr || db != nullptr;
    const int64_t chunk =
        (96 + B - 1) / B;  // steps whose rows are added to the weights' gradients at once, while in the caches

    int64_t last = T;  // steps [last, T) are in the weights' gradients
    for (int64_t step = T - 1; step >= 0; --step) {
        const int64_t t = s.time(step);
        float* const gates = saved + step * s.gates();  // dz is written over them
        const float* const c_before = saved + s.saved_c() + (step - 1) * s.by_unit();
        const float* const phi = saved + s.saved_a() + step * s.by_unit();
        const float* const dy_s = s.sequences ? dy + step * B * U : step == T - 1 ? dy : nullptr;
        if (step < T - 1) {
            product(gates + s.gates(), s.stride, panels + s.recurrent_panel(), nullptr, dy_s, dh, Q, B, G,
                    U);  // undo 1 of the step after
        } else {
            for (int64_t row = 0; row < B; ++row) std::memcpy(dh + row * Q, dy_s + row * U, U * sizeof(float));
        }
        over_blocks(U, [&]<int M>(int64_t u0) __attribute__((always_inline)) {
            constexpr int V = 4 / M, w = LANES / M;
            const int64_t n = std::min<int64_t>(w, U - u0);
            ivec inside = {};  // lanes of units, not of what fills the block up
            for (int k = 0; k < LANES; ++k) inside[k] = k % w < n ? -1 : 0;
            for (int64_t row = 0; row < B; row += M) {
                const int count = static_cast<int>(std::min<int64_t>(M, B - row));
                const int64_t unit = u0 * s.rows + row / M * LANES;
                float* const at = gates + row * s.stride + 4 * u0;
                vec q[4];
                unroll<4>([&](auto k)
                              __attribute__((always_inline)) { q[k] = load(at + k / V * s.stride + k % V * LANES); });
                vec i, f, g, o, a, si, sf, sg, so, sa;
                value_and_slope<REC>(s.rec, q[0], i, si);
                value_and_slope<REC>(s.rec, q[1], f, sf);
                value_and_slope<ACT>(s.act, q[2], g, sg);
                value_and_slope<REC>(s.rec, q[3], o, so);
                value_and_slope<ACT>(s.act, load(phi + unit), a, sa);
                vec d = M == 1 ? load_up_to(dh + row * Q + u0, n) : load_group<M>(dh + row * Q + u0, Q, w, count);
                const vec dc_after = load(dc + unit);
                if (mask != nullptr) d += load(kept + unit);
                const vec dcc = dc_after + d * o * sa;  // undo 3
                const vec before = step > 0 ? load(c_before + unit) : vec{};
                vec dz[4] = {dcc * g * si, dcc * before * sf, dcc * i * sg, d * a * so};  // undo 3, 2
                vec dc_new = dcc * f;                                                     // undo 2
                if (mask != nullptr) {  // undo 4: the gradient goes to the step before as it is
                    const ivec counts = counted<M>(mask + row * T + t, T, count);
                    dc_new = select(counts, dc_new, dc_after);
                    store(kept + unit, select(counts, vec{}, d));
                    for (vec& one : dz) one = select(counts, one, vec{});
                }
                if (n < w)  // an activation may be infinite in what fills a block up: nothing of it may leave
                    for (vec& one : dz) one = select(inside, one, vec{});
                store(dc + unit, dc_new);
                ungroup<M>(dz);
                unroll<4>([&](auto k)
                              __attribute__((always_inline)) { store(at + k / V * s.stride + k % V * LANES, dz[k]); });
            }
        });
        if (step > 0 && last - step < chunk) continue;
        const int64_t steps = last - step,
                      ahead = s.backwards ? -B * F : B * F;  // undo 1, for the steps since the last chunk
        if (weights) {
            add_outer(x + t * B * F, F, ahead, gates, s.stride, s.gates(), steps, dWs, G, B, F, G);
            const int64_t first = step > 0 ? step : 1;  // no state stands before step 0
            if (first < last)
                add_outer(h_all + (first - 1) * B * U, U, B * U, saved + first * s.gates(), s.stride, s.gates(),
                          last - first, dRs, G, B, U, G);
            for (int64_t k = step; k < last; ++k) add_rows(saved + k * s.gates(), s.stride, dbs, B, G);
        }
        if (dx != nullptr)
            for (int64_t k = step; k < last; ++k)
                product(saved + k * s.gates(), s.stride, panels + s.input_panel(), nullptr, nullptr,
                        dx + s.time(k) * B * F, F, B, G, F);
        last = step;
    }
    auto unpack = [&](const float* from, float* to, int64_t rows) {  // from gate blocks to Keras's columns
        if (to == nullptr) return;
        over_blocks(U, [&]<int M>(int64_t u0) {
            constexpr int w = LANES / M;
            const int64_t n = std::min<int64_t>(w, U - u0);
            for (int64_t k = 0; k < rows; ++k)
                for (int64_t gate = 0; gate < 4; ++gate)
                    for (int64_t j = 0; j < n; ++j)
                        to[k * 4 * U + gate * U + u0 + j] = from[k * G + 4 * u0 + gate * w + j];
        });
    };
    unpack(dWs, dW, F);
    unpack(dRs, dR, U);
    unpack(dbs, db, 1);
}

// The pairs of functions that tutorials use are compiled as such; the others are looked up vector by vector.
template <class F>
TIDEGATE_INLINE void with_functions(const int64_t* n, F f) {
    const bool sigmoid = n[4] == Act::sigmoid;
    if (n[3] == Act::tanh && sigmoid) return f.template operator()<Act::tanh, Act::sigmoid>();
    if (n[3] == Act::relu && sigmoid) return f.template operator()<Act::relu, Act::sigmoid>();
    f.template operator()<-1, -1>();
}

// x [T][B][F], W, R, b, mask (B, T) or null; out y [T][B][U] or (B, U), saved or null; scratch, panels.
inline void lstm_forward(const Args& a) {
    with_functions(a.n, [&]<int ACT, int REC>() { lstm_forward_as<ACT, REC>(a); });
}

// x, W, R, b, mask, y (null unless sequences), dy, saved, scratch, panels; out dx, dW, dR, db, each or null.
inline void lstm_backward(const Args& a) {
    with_functions(a.n, [&]<int ACT, int REC>() { lstm_backward_as<ACT, REC>(a); });
}

}  // namespace tidegate::TIDEGATE_ISA
