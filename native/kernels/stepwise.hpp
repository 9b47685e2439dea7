// The recurrent layers that the skeleton of recurrent.hpp does not serve, one plain product for each gate and step: what is dropped of x
// or h for each gate by itself, and a reset gate that acts before its product (Cell::RESET_BEFORE). The cells are the same.
//
// Arrays of B samples are planes: rows of U numbers, filled up to Q, whole vectors. What fills them up meets nothing else.
#pragma once

#include <cstring>

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

template <class Cell>
struct Stepwise : RecurrentShape<Cell> {
    static constexpr int S = Cell::SLOTS, SIDE = Cell::HAS_SIDE ? 1 : 0, C = Cell::HAS_C ? 1 : 0;
    int64_t Q, plane;

    Stepwise(const int64_t* n, int64_t samples)
        : RecurrentShape<Cell>(n, samples), Q(padded(this->U)), plane(samples * Q) {}

    // panels: for each gate W (F, U), R (U, U), then Wᵀ and Rᵀ
    int64_t of_x() const { return this->columns * Q; }
    int64_t of_h() const { return this->U * Q; }
    int64_t back_x() const { return this->U * padded(this->columns); }
    int64_t gate_panels() const { return of_x() + 2 * of_h() + back_x(); }
    int64_t panels() const { return Cell::GATES * gate_panels(); }

    // What is kept of `steps` steps: the slots and side of each, and h and c before and after each.
    int64_t kept(int64_t steps) const { return (steps * (S + SIDE) + (steps + 1) * (1 + C)) * plane; }
    int64_t saved() const { return kept(this->T); }
    // scratch: what is kept of one step, unless saved; planes mask, and five more for backward; one masked input; gradients by gate
    int64_t scratch_part() const { return kept(1) + 6 * plane; }
    int64_t scratch_weights() const { return scratch_part() + this->B * std::max(this->columns, Q); }
    int64_t scratch() const { return scratch_weights() + Cell::GATES * (this->F + this->U + 2) * Q; }
};

// Where the arrays of one call lie.
template <class Cell>
struct Planes {
    const Stepwise<Cell>& s;
    float* base;
    int64_t steps;  // that are kept: all, or one in turn

    float* slot(int64_t step, int k) const { return base + ((step % steps) * s.S + k) * s.plane; }
    float* side(int64_t step) const { return base + (steps * s.S + step % steps) * s.plane; }
    float* h(int64_t step) const { return base + (steps * (s.S + s.SIDE) + step % (steps + 1)) * s.plane; }
    float* c(int64_t step) const { return h(0) + (steps + 1 + step % (steps + 1)) * s.plane; }
};

template <class Cell>
inline Sizes stepwise_sizes(const int64_t* n, const double*, int64_t rows) {
    const Stepwise<Cell> s(n, rows);
    const int64_t size = sizeof(float);
    return {s.saved() * size, s.scratch() * size, s.panels() * size};
}

// As recurrent_pack.
template <class Cell>
inline void stepwise_pack(const Args& a) {
    const Stepwise<Cell> s(a.n, 0);
    const int64_t U = s.U, F = s.columns, columns = Cell::GATES * U;
    for (int gate = 0; gate < Cell::GATES; ++gate) {
        const float *W = a.at(1) + (F > 0 ? gate * U : 0), *R = a.at(2) + gate * U;
        float* to = a.at(9) + gate * s.gate_panels();
        auto all_columns = [&](auto run) { run(0, 0, U); };
        if (F > 0) pack_panels(W, columns, F, U, to);
        pack_panels(R, columns, U, U, to + s.of_x());
        if (F > 0) pack_transposed(W, columns, U, F, to + s.of_x() + s.of_h(), all_columns);
        pack_transposed(R, columns, U, U, to + s.of_x() + s.of_h() + s.back_x(), all_columns);
    }
}

// (B, U) into a plane, or zeros; and back.
template <class Cell>
inline void to_plane(const Stepwise<Cell>& s, const float* from, float* to) {
    std::memset(to, 0, s.plane * sizeof(float));
    for (int64_t row = 0; from != nullptr && row < s.B; ++row)
        std::memcpy(to + row * s.Q, from + row * s.U, s.U * sizeof(float));
}
template <class Cell>
inline void from_plane(const Stepwise<Cell>& s, const float* from, float* to) {
    for (int64_t row = 0; row < s.B; ++row) std::memcpy(to + row * s.U, from + row * s.Q, s.U * sizeof(float));
}

// to (B, K) = rows of K numbers times what gate `gate` drops of them: drop (B, gates K).
inline void drop_of_gate(const float* from, int64_t ld, const float* drop, int gates, int gate, float* to, int64_t ldto,
                         int64_t B, int64_t K, bool add) {
    for (int64_t row = 0; row < B; ++row)
        for (int64_t k = 0; k < K; ++k) {
            const float one = from[row * ld + k] * drop[(row * gates + gate) * K + k];
            to[row * ldto + k] = add ? to[row * ldto + k] + one : one;
        }
}

// Lanes from `at` on where the step counts, by a plane of the mask.
template <class Cell>
inline void mask_plane(const Stepwise<Cell>& s, const float* mask, int64_t t, float* to) {
    for (int64_t row = 0; row < s.B; ++row)
        for (int64_t k = 0; k < s.Q; ++k) to[row * s.Q + k] = mask[row * s.T + t];
}

// As recurrent_forward, with drop_x (B, GATES F) and drop_h (B, GATES U), each or null, behind the first states.
template <class Cell>
inline void stepwise_forward(const Args& a, Cell cell) {
    constexpr int S = Cell::SLOTS, GATES = Cell::GATES;
    const Stepwise<Cell> s(a.n, a.rows);
    const int made = s.outputs();
    const float *x = a.at(0), *W = a.at(1), *b = a.at(3), *mask = a.at(4), *drop_x = a.at(7), *drop_h = a.at(8);
    const int32_t* codes = s.codes ? a.at<int32_t>(0) : nullptr;
    float *y = a.at(9), *saved = a.at(9 + made), *scratch = a.at(10 + made);
    const float* panels = a.at(11 + made);
    const Planes<Cell> kept{s, saved ? saved : scratch, saved ? s.T : 1};
    float *counts = scratch + s.kept(1), *reset = counts + s.plane, *part = scratch + s.scratch_part();
    const int64_t B = s.B, T = s.T, F = s.columns, U = s.U, Q = s.Q;
    to_plane(s, a.at(5), kept.h(0));
    if constexpr (Cell::HAS_C) to_plane(s, a.at(6), kept.c(0));

    for (int64_t step = 0; step < T; ++step) {
        const int64_t t = s.time(step);
        const float* h = kept.h(step);
        for (int k = 0; k < S; ++k) std::memset(kept.slot(step, k), 0, s.plane * sizeof(float));
        auto add_row = [&](int slot, int64_t row, const float* from) {
            float* to = kept.slot(step, slot) + row * Q;
            for (int64_t k = 0; k < U; ++k) to[k] += from[k];
        };
        auto add_product = [&](const float* from, int64_t ld, const float* drop, int gate, int64_t K,
                               const float* panel, int slot) {
            if (drop != nullptr) drop_of_gate(from, ld, drop, GATES, gate, part, K, B, K, false), from = part, ld = K;
            float* q = kept.slot(step, slot);
            product(from, ld, panel, nullptr, q, Q, q, Q, B, K, Q);
        };
        for (int gate = 0; gate < GATES; ++gate) {  // 1: b + x W + h R
            const float* panel = panels + gate * s.gate_panels();
            for (int64_t row = 0; row < B; ++row) {
                if (b != nullptr) add_row(Cell::W_SLOT[gate], row, b + gate * U);
                if (b != nullptr && Cell::BIASES == 2) add_row(Cell::R_SLOT[gate], row, b + (GATES + gate) * U);
                if (codes != nullptr) add_row(Cell::W_SLOT[gate], row, W + (codes[row * T + t] * GATES + gate) * U);
            }
            if (codes == nullptr) add_product(x + t * B * F, F, drop_x, gate, F, panel, Cell::W_SLOT[gate]);
            const float* from = h;
            if constexpr (Cell::RESET_BEFORE)
                if (gate == 2) {
                    const float* r = kept.slot(step, 1);
                    for (int64_t k = 0; k < s.plane; k += LANES)
                        store(reset + k, cell.reset(load(r + k)) * load(h + k));
                    from = reset;
                }
            add_product(from, Q, drop_h, gate, U, panel + s.of_x(), Cell::R_SLOT[gate]);
        }
        if (mask != nullptr) mask_plane(s, mask, t, counts);
        for (int64_t k = 0; k < s.plane; k += LANES) {
            vec q[S], c = {}, c_new = {}, h_new = {}, side = {};
            unroll<S>([&](auto i) { q[i] = load(kept.slot(step, i) + k); });
            if constexpr (Cell::HAS_C) c = load(kept.c(step) + k);
            cell.forward(q, c, load(h + k), c_new, h_new, side);
            if (mask != nullptr) {  // where the step does not count, the state stays
                const ivec m = load(counts + k) != 0;
                c_new = select(m, c_new, c);
                h_new = select(m, h_new, load(h + k));
            }
            unroll<S>([&](auto i) { store(kept.slot(step, i) + k, q[i]); });
            if constexpr (Cell::HAS_C) store(kept.c(step + 1) + k, c_new);
            if constexpr (Cell::HAS_SIDE) store(kept.side(step) + k, side);
            store(kept.h(step + 1) + k, h_new);
        }
        if (s.sequences) from_plane(s, kept.h(step + 1), y + step * B * U);
    }
    if (!s.sequences) from_plane(s, kept.h(T), y);
    if (!s.state) return;
    from_plane(s, kept.h(T), a.at(10));
    if constexpr (Cell::HAS_C) from_plane(s, kept.c(T), a.at(11));
}

// As recurrent_backward.
template <class Cell>
inline void stepwise_backward(const Args& a, Cell cell) {
    constexpr int S = Cell::SLOTS, GATES = Cell::GATES;
    const Stepwise<Cell> s(a.n, a.rows);
    const int made = s.outputs(), work = 9 + 2 * made;
    const float *x = a.at(0), *mask = a.at(4), *drop_x = a.at(7), *drop_h = a.at(8), *dy = a.at(9 + made);
    const int32_t* codes = s.codes ? a.at<int32_t>(0) : nullptr;
    float *saved = a.at(work), *scratch = a.at(work + 1);
    const float* panels = a.at(work + 2);
    float *dx = a.at(work + 3), *dW = a.at(work + 4), *dR = a.at(work + 5), *db = a.at(work + 6);
    float *dh_first = a.at(work + 8), *dc_first = a.at(work + 9);
    const Planes<Cell> kept{s, saved, s.T};
    float *counts = scratch + s.kept(1), *dh = counts + s.plane, *dc = dh + s.plane, *direct = dc + s.plane;
    float *reset = direct + s.plane, *through = reset + s.plane, *part = scratch + s.scratch_part();
    const int64_t B = s.B, T = s.T, F = s.columns, U = s.U, Q = s.Q;
    float *dWs = scratch + s.scratch_weights(), *dRs = dWs + GATES * s.F * Q, *dbs = dRs + GATES * U * Q;
    std::memset(dWs, 0, GATES * (s.F + U + 2) * Q * sizeof(float));
    to_plane(s, s.state ? a.at(10 + made) : nullptr, dh);
    to_plane(s, s.state && Cell::HAS_C ? a.at(11 + made) : nullptr, dc);
    std::memset(through, 0, s.plane * sizeof(float));

    for (int64_t step = T - 1; step >= 0; --step) {
        const int64_t t = s.time(step);
        const float* h = kept.h(step);
        auto slot = [&](int k) { return kept.slot(step, k); };  // dz is written over them
        const float* dy_s = dy == nullptr ? nullptr : s.sequences ? dy + step * B * U : step == T - 1 ? dy : nullptr;
        for (int64_t row = 0; dy_s != nullptr && row < B; ++row)
            map2(dh + row * Q, dy_s + row * U, dh + row * Q, U, [](vec sum, vec d) { return sum + d; });
        if (mask != nullptr) mask_plane(s, mask, t, counts);
        for (int64_t k = 0; k < s.plane; k += LANES) {
            vec q[S], dz[S] = {}, c = {}, side = {}, dc_new = {}, past = {};
            const vec d = load(dh + k), dc_after = load(dc + k);
            unroll<S>([&](auto i) { q[i] = load(slot(i) + k); });
            if constexpr (Cell::HAS_C) c = load(kept.c(step) + k);
            if constexpr (Cell::HAS_SIDE) side = load(kept.side(step) + k);
            cell.backward(q, side, c, load(h + k), d, dc_after, dz, dc_new, past);
            if (mask != nullptr) {  // where the step did not count, the gradient goes to the step before as it is
                const ivec m = load(counts + k) != 0;
                dc_new = select(m, dc_new, dc_after);
                past = select(m, past, d);
                for (vec& one : dz) one = select(m, one, vec{});
            }
            unroll<S>([&](auto i) {
                if (!(Cell::RESET_BEFORE && i == 1)) store(slot(i) + k, dz[i]);
            });
            store(direct + k, past);
            store(dc + k, dc_new);
        }
        // adds dz R of a gate, less what it dropped, to a plane
        auto back = [&](int gate, float* to) {
            const float* panel = panels + gate * s.gate_panels() + s.of_x() + s.of_h() + s.back_x();
            product_transposed(slot(Cell::R_SLOT[gate]), Q, panel, nullptr, 0, through, Q, B, U, U);
            if (drop_h != nullptr)
                drop_of_gate(through, Q, drop_h, GATES, gate, to, Q, B, U, true);
            else
                map2(to, through, to, s.plane, [](vec sum, vec d) { return sum + d; });
        };
        if constexpr (Cell::RESET_BEFORE) {
            std::memset(dh, 0, s.plane * sizeof(float));  // of r h, for now
            back(2, dh);
            for (int64_t k = 0; k < s.plane; k += LANES) {
                const vec d = load(dh + k), before = load(h + k);
                vec r, dr;
                cell.reset(load(slot(1) + k), r, dr);
                store(reset + k, r * before);
                store(slot(1) + k, d * before * dr);
                store(direct + k, load(direct + k) + d * r);
            }
        }
        std::memcpy(dh, direct, s.plane * sizeof(float));
        for (int gate = 0; gate < (Cell::RESET_BEFORE ? 2 : GATES); ++gate) back(gate, dh);

        for (int gate = 0; gate < GATES; ++gate) {
            const float *of_x = slot(Cell::W_SLOT[gate]), *of_h = slot(Cell::R_SLOT[gate]);
            auto outer = [&](const float* from, int64_t ld, const float* drop, int64_t K, const float* dz, float* to) {
                if (drop != nullptr)
                    drop_of_gate(from, ld, drop, GATES, gate, part, K, B, K, false), from = part, ld = K;
                add_outer(from, ld, 0, dz, Q, 0, 1, to + gate * K * Q, Q, B, K, Q);
            };
            if (dW != nullptr && codes == nullptr) outer(x + t * B * F, F, drop_x, F, of_x, dWs);
            for (int64_t row = 0; dW != nullptr && codes != nullptr && row < B; ++row) {
                float* to = dWs + (gate * s.F + codes[row * T + t]) * Q;
                map2(to, of_x + row * Q, to, Q, [](vec sum, vec d) { return sum + d; });
            }
            if (dR != nullptr) outer(Cell::RESET_BEFORE && gate == 2 ? reset : h, Q, drop_h, U, of_h, dRs);
            add_rows(of_x, Q, dbs + gate * Q, B, Q);
            add_rows(of_h, Q, dbs + (GATES + gate) * Q, B, Q);
            if (dx == nullptr) continue;
            float* dx_t = dx + t * B * F;
            const float* panel = panels + gate * s.gate_panels() + s.of_x() + s.of_h();
            if (drop_x == nullptr) {
                product_transposed(of_x, Q, panel, gate > 0 ? dx_t : nullptr, F, dx_t, F, B, U, F);
            } else {
                product_transposed(of_x, Q, panel, nullptr, 0, part, F, B, U, F);
                drop_of_gate(part, F, drop_x, GATES, gate, dx_t, F, B, F, gate > 0);
            }
        }
    }
    if (dh_first != nullptr) from_plane(s, dh, dh_first);
    if (Cell::HAS_C && dc_first != nullptr) from_plane(s, dc, dc_first);
    auto write = [&](const float* from, int64_t rows, float* to) {  // gate by gate into Keras's columns
        for (int64_t k = 0; to != nullptr && k < GATES * rows; ++k)
            std::memcpy(to + (k % rows * GATES + k / rows) * U, from + k * Q, U * sizeof(float));
    };
    write(dWs, s.F, dW);
    write(dRs, U, dR);
    for (int half = 0; half < Cell::BIASES && db != nullptr; ++half)
        write(dbs + half * GATES * Q, 1, db + half * GATES * U);
}

}  // namespace tidegate::TIDEGATE_ISA
