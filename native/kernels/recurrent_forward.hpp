// The loop of every recurrent layer over its steps, forward: a step is one tile after the other, product and functions together.
#pragma once

#include <cstring>

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

// f.template operator()<R>(first row): tiles of V vectors of whole groups of M samples, then one for what is left of a group.
template <int M, int V, class F>
TIDEGATE_INLINE void over_groups(int64_t B, F f) {
    constexpr int R = ROWS<V>;
    if constexpr (M == 1) {
        over_rows<V>(B, f);
    } else {
        int64_t m = 0;
        for (; m + R <= B; m += R) f.template operator()<R>(m);
        if constexpr (R > 4)
            if (m + 4 <= B) f.template operator()<4>(m), m += 4;
        if constexpr (M == 2 && R > 2)
            if (m + 2 <= B) f.template operator()<2>(m), m += 2;
        if (B - m == 1) f.template operator()<1>(m);
        if constexpr (M == 4) {
            if (B - m == 2) f.template operator()<2>(m);
            if (B - m == 3) f.template operator()<3>(m);
        }
    }
}

// What the gates of one step are made of.
struct GateInputs {
    const float *x, *h;    // rows of F and of U numbers; h null where no state stands before
    const int32_t* codes;  // or null: which row of `table` (F, G) stands for x W, for each sample `steps` apart
    const float* table;
    int64_t F, U, steps, G;
};

// z = b + x W + h R of R samples from m on; `column`: the first gate column of the block whose panel this is.
template <int R, int V>
TIDEGATE_INLINE void gates_of(const GateInputs& from, const float* panel, int64_t column, int64_t m, Tile<R, V>& z) {
    unroll<R>([&](auto r) __attribute__((always_inline)) {
        unroll<V>([&](auto v) __attribute__((always_inline)) { z.at[r][v] = load(panel + v * LANES); });
        if (from.codes != nullptr) {
            const float* row = from.table + from.codes[(m + r) * from.steps] * from.G + column;
            unroll<V>([&](auto v) __attribute__((always_inline)) { z.at[r][v] += load(row + v * LANES); });
        }
    });
    const int64_t F = from.F, U = from.U;
    multiply(z, from.x + m * F, F, 1, panel + V * LANES, V * LANES, F);
    if (from.h != nullptr) multiply(z, from.h + m * U, U, 1, panel + (1 + F) * V * LANES, V * LANES, U);
}
// The same into memory [R][V], one function for all cells.
template <int R, int V>
__attribute__((noinline)) inline void store_gates(const GateInputs& from, const float* panel, int64_t column, int64_t m,
                                                  float* to) {
    Tile<R, V> z;
    gates_of(from, panel, column, m, z);
    unroll<R * V>([&](auto k) __attribute__((always_inline)) { store(to + k * LANES, z.at[k / V][k % V]); });
}

// The same for two blocks of one sample, their panels `apart` apart.
template <int V>
TIDEGATE_INLINE void gates_of_pair(const GateInputs& from, const float* panel, int64_t apart, int64_t column,
                                   Tile<2, V>& z) {
    const float *first = panel, *second = panel + apart;
    const float* row = from.codes == nullptr ? nullptr : from.table + from.codes[0] * from.G + column;
    Tile<1, V> one, other;
    unroll<V>([&](auto v) __attribute__((always_inline)) {
        one.at[0][v] = load(first + v * LANES);
        other.at[0][v] = load(second + v * LANES);
        if (row != nullptr) one.at[0][v] += load(row + v * LANES), other.at[0][v] += load(row + (V + v) * LANES);
    });
    auto add = [&](const float* a, int64_t n) __attribute__((always_inline)) {
        for (int64_t k = 0; k < n; ++k) {
            first += V * LANES, second += V * LANES;
            multiply_one(one, a + k, 0, first);
            multiply_one(other, a + k, 0, second);
        }
    };
    add(from.x, from.F);
    if (from.h != nullptr) add(from.h, from.U);
    unroll<V>([&](auto v) __attribute__((always_inline)) { z.at[0][v] = one.at[0][v], z.at[1][v] = other.at[0][v]; });
}

// One step of the loop forward: what stands before it, and where what it makes goes.
struct ForwardStep {
    GateInputs from;
    const float *panels, *mask;  // mask: of this step, samples T apart; or null
    const float *h, *c;          // before the step, where `after`
    float *h_new, *c_new;
    float *gates, *side;  // what is saved, or null
    int64_t B, U, T, K, rows, stride;
    bool after;  // whether a state stands before this step
};

// The block of units from u0 on. A function by itself: within the loop over steps its registers would be the loop's.
template <int M, int N, class Cell>
__attribute__((noinline)) inline void forward_block(const ForwardStep& s, Cell cell, int64_t u0) {
    static constexpr int S = Cell::SLOTS, V = S * N / M;  // static: Clang 14 finds no other within lambdas
    constexpr int w = LANES / M;
    const float* panel = s.panels + S * u0 * s.K;
    auto finish = [&](vec(&q)[S], int64_t j, int64_t row, int count) __attribute__((always_inline)) {
        const int64_t unit0 = u0 + j * w, unit = unit0 * s.rows + row / M * LANES;
        const int64_t n = std::min<int64_t>(w, s.U - unit0);
        regroup<M, S>(q);
        vec c = {}, h_old = {}, c_new = {}, h_new = {}, side = {};
        if (s.after) {
            if constexpr (Cell::HAS_C) c = load(s.c + unit);
            if (Cell::NEEDS_H || s.mask != nullptr) h_old = load_group<M>(s.h + row * s.U + unit0, s.U, n, count);
        }
        cell.forward(q, c, h_old, c_new, h_new, side);
        if (s.gates != nullptr) {
            float* to = s.gates + row * s.stride + S * u0 + j * S * w;
            unroll<S>([&](auto k) __attribute__((always_inline)) {
                store(to + k / (S / M) * s.stride + k % (S / M) * LANES, q[k]);
            });
            if constexpr (Cell::HAS_SIDE) store(s.side + unit, side);
        }
        if (s.mask != nullptr) {  // where the step does not count, the state stays
            const ivec counts = counted<M>(s.mask + row * s.T, s.T, count);
            c_new = select(counts, c_new, c);
            h_new = select(counts, h_new, h_old);
        }
        if constexpr (Cell::HAS_C) store(s.c_new + unit, c_new);
        store_group<M>(s.h_new + row * s.U + unit0, s.U, n, count, h_new);
    };
    // A tile through memory: written out for each sample, this would take minutes to compile. Both capture copies, since what
    // is in registers would have to be in memory for the call.
    auto finish_stored = [&](const float* slots, int64_t m, int R) __attribute__((noinline)) {
        for (int64_t j = 0; j < N; ++j)
            for (int r0 = 0; r0 < R; r0 += M) {
                const int count = std::min(R - r0, M);
                vec q[S] = {};
                for (int k = 0; k < count * (S / M); ++k)
                    q[k] = load(slots + ((r0 + k / (S / M)) * V + j * S + k % (S / M)) * LANES);
                finish(q, j, m + r0, count);
            }
    };
    if constexpr (S == 4 && N == 2) {
        Tile<2, S> z;
        gates_of_pair(s.from, panel, S * LANES * s.K, S * u0, z);
        unroll<2>([&](auto j) __attribute__((always_inline)) { finish(z.at[j], j, 0, 1); });
        return;
    }
    over_groups<M, V>(s.B, [&]<int R>(int64_t m) __attribute__((always_inline)) {
        if constexpr (Cell::UNROLLED && R == ROWS<V>) {  // what most of the time is spent on stays in registers
            Tile<R, V> z;
            gates_of(s.from, panel, S * u0, m, z);
            constexpr int groups = (R + M - 1) / M;
            unroll<N * groups>([&](auto at) __attribute__((always_inline)) {
                constexpr int j = at / groups, r0 = at % groups * M, count = R - r0 < M ? R - r0 : M;
                vec q[S] = {};
                unroll<count*(S / M)>(
                    [&](auto k) __attribute__((always_inline)) { q[k] = z.at[r0 + k / (S / M)][j * S + k % (S / M)]; });
                finish(q, j, m + r0, count);
            });
        } else {
            alignas(64) float slots[R * V * LANES];
            store_gates<R, V>(s.from, panel, S * u0, m, slots);
            finish_stored(slots, m, R);
        }
    });
}

// x [T][B][F], or int32 codes (B, T) below F; W, R, b, mask (B, T) or null, the first h and c (B, U) or null, two null; out y [T][B][U] or
// (B, U), the last h and c (B, U) where they are outputs, saved or null; scratch, panels.
template <class Cell>
inline void recurrent_forward(const Args& args, Cell cell) {
    constexpr int S = Cell::SLOTS;
    const RecurrentShape<Cell> s(args.n, args.rows);
    const int made = s.outputs();
    const float *x = args.at(0), *W = args.at(1), *mask = args.at(4), *h_first = args.at(5);
    const int32_t* codes = s.codes ? args.at<int32_t>(0) : nullptr;
    float *y = args.at(9), *saved = args.at(9 + made), *scratch = args.at(10 + made);
    const int64_t B = s.B, T = s.T, U = s.U;
    if (Cell::HAS_C && s.given) to_units(s, args.at(6), scratch);
    float* const table = scratch + s.scratch_table();  // W by gates, where x holds codes
    if (codes != nullptr) {
        std::memset(table, 0, s.F * s.G * sizeof(float));
        for (int64_t k = 0; k < s.F; ++k) to_gates<Cell>(W + k * Cell::GATES * U, Cell::W_SLOT, U, table + k * s.G);
    }
    float* const states = s.sequences ? y : saved ? saved + s.saved_h() : nullptr;  // [T][B][U]
    float* const two = scratch + s.by_unit();  // without them, this state and the one before
    ForwardStep now{};
    now.from.table = table, now.from.F = s.columns, now.from.U = U, now.from.steps = T, now.from.G = s.G;
    now.panels = args.at(11 + made);
    now.B = B, now.U = U, now.T = T, now.K = s.panel_rows(), now.rows = s.rows, now.stride = s.stride;
    now.c = now.c_new = scratch;
    for (int64_t step = 0; step < T; ++step) {
        const int64_t t = s.time(step);
        now.after = step > 0 || s.given;
        now.h = step > 0 ? now.h_new : h_first;
        now.h_new = states ? states + step * B * U : step == T - 1 ? y : two + (step & 1) * B * U;
        now.from.x = x + t * B * s.columns;
        now.from.h = now.after ? now.h : nullptr;
        if (codes != nullptr) now.from.codes = codes + t;
        if (mask != nullptr) now.mask = mask + t;
        if (saved != nullptr) {
            now.gates = saved + step * s.gates();
            now.side = saved + s.saved_side() + step * s.by_unit();
            now.c = step > 0 ? now.c_new : scratch;
            now.c_new = saved + s.saved_c() + step * s.by_unit();
        }
        // One sample waits for its state at each step: two blocks at once, so that it waits half as often.
        over_blocks<S, S == 4>(U, [&]<int M, int N>(int64_t u0) { forward_block<M, N>(now, cell, u0); }, B == 1);
    }
    if (saved && !s.sequences) std::memcpy(y, saved + s.saved_h() + (T - 1) * B * U, B * U * sizeof(float));
    if (!s.state) return;
    std::memcpy(args.at(10), s.sequences ? y + (T - 1) * B * U : y, B * U * sizeof(float));
    if constexpr (Cell::HAS_C)
        from_units(s, saved ? saved + s.saved_c() + (T - 1) * s.by_unit() : scratch, args.at(11));
}

}  // namespace tidegate::TIDEGATE_ISA
