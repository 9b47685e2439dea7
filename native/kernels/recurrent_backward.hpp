// The loop of every recurrent layer over its steps, backward: dz of a step, and every few steps the gradients of the weights.
#pragma once

#include <cstring>

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

// One step of the loop backward.
struct BackwardStep {
    const float* mask;          // of this step, samples T apart; or null
    const float *h, *c, *side;  // h and c before the step, where `after`
    const float* dh;            // [rows][Q]
    float *gates, *dc, *carry;  // dz is written over the gates
    int64_t B, U, T, Q, rows, stride;
    bool after, carries;
};

// The N vectors of units from u0 on: dz, and dc and carry for the step before.
template <int M, class Cell>
__attribute__((noinline)) inline void backward_block(const BackwardStep& s, Cell cell, int64_t u0, int N) {
    constexpr int S = Cell::SLOTS, w = LANES / M;
    for (int64_t j = 0; j < N; ++j) {
        const int64_t unit0 = u0 + j * w, n = std::min<int64_t>(w, s.U - unit0);
        // lanes of units, not of what fills the block up
        const ivec inside = (lane_numbers() & (w - 1)) < static_cast<int32_t>(n);
        for (int64_t row = 0; row < s.B; row += M) {
            const int count = static_cast<int>(std::min<int64_t>(M, s.B - row));
            const int64_t unit = unit0 * s.rows + row / M * LANES;
            float* const at = s.gates + row * s.stride + S * u0 + j * S * w;
            vec q[S], dz[S];
            unroll<S>([&](auto k) __attribute__((always_inline)) {
                q[k] = load(at + k / (S / M) * s.stride + k % (S / M) * LANES);
            });
            const float* const dh = s.dh + row * s.Q + unit0;
            vec d = M == 1 ? load(dh) : load_group<M>(dh, s.Q, w, count);
            const vec dc_after = load(s.dc + unit);
            if (s.carries) d += load(s.carry + unit);
            vec c = {}, h = {}, side = {}, dc_new = {}, direct = {};
            if (s.after) {
                if constexpr (Cell::HAS_C) c = load(s.c + unit);
                if constexpr (Cell::NEEDS_H) h = load_group<M>(s.h + row * s.U + unit0, s.U, n, count);
            }
            if constexpr (Cell::HAS_SIDE) side = load(s.side + unit);
            cell.backward(q, side, c, h, d, dc_after, dz, dc_new, direct);
            if (s.mask != nullptr) {  // where the step did not count, its gradient goes to the step before
                const ivec counts = counted<M>(s.mask + row * s.T, s.T, count);
                dc_new = select(counts, dc_new, dc_after);
                direct = select(counts, direct, d);
                for (vec& one : dz) one = select(counts, one, vec{});
            }
            if (n < w)  // an activation may be infinite in what fills a block up: nothing of it may leave
                for (vec& one : dz) one = select(inside, one, vec{});
            if (s.carries) store(s.carry + unit, direct);
            store(s.dc + unit, dc_new);
            ungroup<M, S>(dz);
            unroll<S>([&](auto k) __attribute__((always_inline)) {
                store(at + k / (S / M) * s.stride + k % (S / M) * LANES, dz[k]);
            });
        }
    }
}

// The inputs, the outputs (y where sequences), their gradients, each or null, saved, scratch, panels; out dx, dW, dR, db, null, and the
// gradients of the first states, each or null.
template <class Cell>
inline void recurrent_backward(const Args& args, Cell cell) {
    constexpr int S = Cell::SLOTS;
    const RecurrentShape<Cell> s(args.n, args.rows);
    const int made = s.outputs(), work = 9 + 2 * made;
    const float *x = args.at(0), *mask = args.at(4), *h_first = args.at(5), *h_out = args.at(9),
                *dy = args.at(9 + made);
    const float *dh_last = s.state ? args.at(10 + made) : nullptr, *panels = args.at(work + 2);
    const int32_t* codes = s.codes ? args.at<int32_t>(0) : nullptr;
    float *saved = args.at(work), *scratch = args.at(work + 1);
    float *dx = args.at(work + 3), *dW = args.at(work + 4), *dR = args.at(work + 5), *db = args.at(work + 6);
    float *dh_first = args.at(work + 8), *dc_first = args.at(work + 9), *const c_first = scratch + s.scratch_first();
    const int64_t B = s.B, T = s.T, F = s.columns, U = s.U, Q = s.Q, G = s.G;
    const float* h_all = s.sequences ? h_out : saved + s.saved_h();
    float *dc = scratch, *carry = dc + s.by_unit(), *dh = carry + s.by_unit();
    float *dWs = scratch + s.scratch_weights(), *dRs = dWs + s.F * G, *dbs = dRs + U * G;
    std::memset(scratch, 0, s.scratch_weights() * sizeof(float));
    std::memset(dbs, 0, G * sizeof(float));
    if (codes != nullptr) std::memset(dWs, 0, s.F * G * sizeof(float));
    if (Cell::HAS_C && s.given) to_units(s, args.at(6), c_first);
    if (Cell::HAS_C && s.state && args.at(11 + made) != nullptr) to_units(s, args.at(11 + made), dc);
    const bool weights = dW != nullptr || dR != nullptr || db != nullptr, carries = Cell::CARRIES || mask != nullptr;
    const int64_t chunk =
        (96 + B - 1) / B;  // steps whose rows are added to the weights' gradients at once, while in the caches

    BackwardStep now{};
    now.dh = dh, now.dc = dc, now.carry = carry, now.carries = carries;
    now.B = B, now.U = U, now.T = T, now.Q = Q, now.rows = s.rows, now.stride = s.stride;
    int64_t last = T;  // steps [last, T) are in the weights' gradients
    for (int64_t step = T - 1; step >= 0; --step) {
        const int64_t t = s.time(step);
        float* const gates = saved + step * s.gates();  // dz is written over them
        const float* const dy_s = dy == nullptr   ? nullptr
                                  : s.sequences   ? dy + step * B * U
                                  : step == T - 1 ? dy
                                                  : nullptr;
        now.gates = gates;
        now.side = saved + s.saved_side() + step * s.by_unit();
        now.c = step > 0 ? saved + s.saved_c() + (step - 1) * s.by_unit() : c_first;
        now.h = step > 0 ? h_all + (step - 1) * B * U : h_first;
        now.after = step > 0 || s.given;
        if (mask != nullptr) now.mask = mask + t;
        if (step < T - 1) {  // through h R of the step after
            product_transposed(gates + s.gates(), s.stride, panels + s.recurrent_panel(), dy_s, U, dh, Q, B, G, U);
        } else {
            for (const float* d : {dy_s, dh_last})
                for (int64_t row = 0; d != nullptr && row < B; ++row)
                    map2(dh + row * Q, d + row * U, dh + row * Q, U, [](vec sum, vec more) { return sum + more; });
        }
        each_block<S>(U, [&](int64_t u0, int M, int N) __attribute__((always_inline)) {
            if (M == 1) return backward_block<1>(now, cell, u0, N);
            if constexpr (S == 4) M == 2 ? backward_block<2>(now, cell, u0, N) : backward_block<4>(now, cell, u0, N);
        });
        if (step > 0 && last - step < chunk) continue;
        const int64_t steps = last - step, ahead = s.backwards ? -B * F : B * F;  // the steps since the last chunk
        if (weights) {
            if (codes == nullptr)
                add_outer(x + t * B * F, F, ahead, gates, s.stride, s.gates(), steps, dWs, G, B, F, G, last == T);
            const int64_t first = step > 0 ? step : 1;  // no state of its own stands before step 0
            add_outer(h_all + (first - 1) * B * U, U, B * U, saved + first * s.gates(), s.stride, s.gates(),
                      last - first, dRs, G, B, U, G, last == T);
            if (step == 0 && h_first != nullptr) add_outer(h_first, U, 0, saved, s.stride, 0, 1, dRs, G, B, U, G);
            for (int64_t k = step; k < last; ++k) {
                const float* dz = saved + k * s.gates();
                add_rows(dz, s.stride, dbs, B, G);
                for (int64_t row = 0; codes != nullptr && row < B; ++row) {
                    float* to = dWs + codes[row * T + s.time(k)] * G;
                    for (int64_t g = 0; g < G; g += LANES) store(to + g, load(to + g) + load(dz + row * s.stride + g));
                }
            }
        }
        if (dx != nullptr)
            for (int64_t k = step; k < last; ++k)
                product_transposed(saved + k * s.gates(), s.stride, panels + s.input_panel(), nullptr, 0,
                                   dx + s.time(k) * B * F, F, B, G, F);
        last = step;
    }
    if (dh_first != nullptr) {  // through h R of the first step, and past it
        product_transposed(saved, s.stride, panels + s.recurrent_panel(), nullptr, 0, dh_first, U, B, G, U);
        if (carries) {
            from_units(s, carry, dh);
            map2(dh_first, dh, dh_first, B * U, [](vec d, vec more) { return d + more; });
        }
    }
    if (Cell::HAS_C && dc_first != nullptr) from_units(s, dc, dc_first);
    const int64_t columns = Cell::GATES * U;
    for (int64_t k = 0; dW != nullptr && k < s.F; ++k) from_gates<Cell>(dWs + k * G, Cell::W_SLOT, U, dW + k * columns);
    for (int64_t k = 0; dR != nullptr && k < U; ++k) from_gates<Cell>(dRs + k * G, Cell::R_SLOT, U, dR + k * columns);
    if (db != nullptr) {
        from_gates<Cell>(dbs, Cell::W_SLOT, U, db);
        if (Cell::BIASES == 2) from_gates<Cell>(dbs, Cell::R_SLOT, U, db + columns);
    }
}

}  // namespace tidegate::TIDEGATE_ISA
