// The skeleton of every recurrent layer: LSTM, GRU and the simple one are its cells (lstm.hpp, gru.hpp, simple_rnn.hpp).
//
// A unit has SLOTS gate columns. All slots of LANES units stand side by side, so that one register tile holds what the new state of
// a unit needs, and the cell's functions follow the product without a trip through memory. With 4 slots, what is left of U after
// blocks of LANES units goes into blocks of LANES / 2 and LANES / 4, where the gates of 2 or 4 samples share a vector: a layer of 4
// units, or the last 2 of 50, costs a quarter of a block, in products and in functions alike. With 1 slot a block is up to 4 vectors
// of units. M is the number of samples in a vector, N of unit vectors in a block, W = LANES / M the units of a vector.
//
// Gate columns: block after block, in each [N][SLOTS][W]. G of them; a row of gates takes `stride` floats.
//
// A cell says, for one vector of units:
//   forward (q, c, h) -> c, h, side and what is kept of q     q: the slots, x W + h R + b
//   backward(q, side, c, h, d, dc) -> dz, dc, carry           d: dh; carry: the part of dh that reaches the state before directly
#pragma once

#include <cstring>

#include "activations.hpp"
#include "kernel.hpp"
#include "tile.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr int QUARTER = LANES / 4;

// f(u0, M, N) for the blocks that cover U units; with 4 slots, N is 2 for two blocks at once, if `pairs` are wanted.
template <int SLOTS, class F>
TIDEGATE_INLINE void each_block(int64_t U, F f, bool pairs = false) {
    static_assert(SLOTS == 4 || SLOTS == 1);
    for (int64_t u0 = 0; u0 < U;) {
        const int64_t left = U - u0;
        const int M = SLOTS == 1 || left > 3 * QUARTER ? 1 : left > QUARTER ? 2 : 4;
        const int N = SLOTS == 4          ? 1 + (pairs && left > LANES + 3 * QUARTER)
                      : left <= LANES     ? 1
                      : left <= 3 * LANES ? 2
                                          : 4;
        f(u0, M, N);
        u0 += N * LANES / M;
    }
}
// f.template operator()<M, N>(u0): the same, with code for each kind of block.
template <int SLOTS, bool PAIRS = false, class F>
TIDEGATE_INLINE void over_blocks(int64_t U, F f, bool pairs = false) {
    auto block = [&](int64_t u0, int M, int N) __attribute__((always_inline)) {
        if constexpr (SLOTS == 4) {
            if constexpr (PAIRS)
                if (N == 2) return f.template operator()<1, 2>(u0);
            if (M == 1) return f.template operator()<1, 1>(u0);
            if (M == 2) return f.template operator()<2, 1>(u0);
            f.template operator()<4, 1>(u0);
        } else {
            if (N == 4) return f.template operator()<1, 4>(u0);
            if (N == 2) return f.template operator()<1, 2>(u0);
            f.template operator()<1, 1>(u0);
        }
        (void)M, (void)N;
    };
    each_block<SLOTS>(U, block, PAIRS && pairs);
}

// n: T, F, U, activation, recurrent activation, sequences, backwards, codes, states handed out, states given, dropped for each gate
template <class Cell>
struct RecurrentShape {
    static constexpr int S = Cell::SLOTS, UNIT = S == 4 ? QUARTER : LANES;  // units come in so many
    int64_t B, T, F, U;
    int64_t Q;       // units, blocks filled up
    int64_t G;       // gate columns
    int64_t stride;  // of a row of gates: not a multiple of 4 KiB, or rows would push each other out of the first cache
    int64_t rows;    // B, groups of samples filled up
    bool sequences, backwards;
    bool codes;       // x holds codes (B, T), which stand for rows of W; then x W is a look-up
    bool state;       // the last states are outputs
    bool given;       // the states before the first step are inputs
    int64_t columns;  // of x that are multiplied

    RecurrentShape(const int64_t* n, int64_t samples)
        : B(samples),
          T(n[0]),
          F(n[1]),
          U(n[2]),
          Q((U + UNIT - 1) / UNIT * UNIT),
          G(S * Q),
          stride(G + (G % 256 ? 0 : 16)),
          rows((B + 3) / 4 * 4),
          sequences(n[5] != 0),
          backwards(n[6] != 0),
          codes(n[7] != 0),
          state(n[8] != 0),
          given(n[9] != 0),
          columns(codes ? 0 : F) {}

    static constexpr int CELLS = Cell::HAS_C ? 2 : 1;
    int outputs() const { return state ? 1 + CELLS : 1; }

    int64_t time(int64_t s) const { return backwards ? T - 1 - s : s; }  // the step of x that is taken s-th

    // panels: gates of (1 + columns + U) rows, the first one the bias; then Rᵀ (G, U); then Wᵀ (G, columns)
    int64_t panel_rows() const { return 1 + columns + U; }
    int64_t recurrent_panel() const { return panel_rows() * G; }
    int64_t input_panel() const { return recurrent_panel() + G * padded(U); }
    int64_t panels() const { return input_panel() + G * padded(columns); }

    // Arrays by unit (c, side, dc) lie block after block, in each [N][group of M samples][M][W].
    int64_t by_unit() const { return Q * rows; }
    int64_t gates() const { return rows * stride; }

    // saved: gates [T][rows][stride], then c and side [T][by unit], then h [T][B][U] unless it is the output
    int64_t saved_c() const { return T * gates(); }
    int64_t saved_side() const { return saved_c() + (Cell::HAS_C ? T * by_unit() : 0); }
    int64_t saved_h() const { return saved_side() + (Cell::HAS_SIDE ? T * by_unit() : 0); }
    int64_t saved() const { return saved_h() + (sequences ? 0 : T * B * U); }

    // scratch, forward: c (by unit; the first one where each is saved), two h [B][U], then W by gates (F, G) for codes; backward: dc,
    // carry (by unit), dh [rows][Q], then dW and dR (F + U, G), db (G), then the first c where it is given
    int64_t scratch_table() const { return by_unit() + 2 * B * U; }
    int64_t scratch_weights() const { return 2 * by_unit() + rows * Q; }
    int64_t scratch_first() const { return scratch_weights() + (F + U + 1) * G; }
    int64_t scratch() const {
        return std::max(scratch_table() + (codes ? F * G : 0),
                        scratch_first() + (Cell::HAS_C && given ? by_unit() : 0));
    }
};

template <class Cell>
inline Sizes recurrent_sizes(const int64_t* n, const double*, int64_t rows) {
    const RecurrentShape<Cell> s(n, rows);
    const int64_t size = sizeof(float);
    return {s.saved() * size, s.scratch() * size, s.panels() * size};
}

// One row of Keras's columns (GATES, U) into gate columns; a slot that no gate names is not touched.
template <class Cell>
inline void to_gates(const float* from, const int (&slot)[Cell::GATES], int64_t U, float* to, bool add = false) {
    each_block<Cell::SLOTS>(U, [&](int64_t u0, int M, int N) {
        const int w = LANES / M;
        for (int64_t j = 0; j < N; ++j)
            for (int gate = 0; gate < Cell::GATES; ++gate) {
                const int64_t unit = u0 + j * w, n = std::min<int64_t>(w, U - unit);
                float* at = to + Cell::SLOTS * u0 + (j * Cell::SLOTS + slot[gate]) * w;
                const vec z = load_up_to(from + gate * U + unit, n);
                store_up_to(at, add ? z + load_up_to(at, n) : z, n);
            }
    });
}
// And back.
template <class Cell>
inline void from_gates(const float* from, const int (&slot)[Cell::GATES], int64_t U, float* to) {
    each_block<Cell::SLOTS>(U, [&](int64_t u0, int M, int N) {
        const int w = LANES / M;
        for (int64_t j = 0; j < N; ++j)
            for (int gate = 0; gate < Cell::GATES; ++gate) {
                const int64_t unit = u0 + j * w, n = std::min<int64_t>(w, U - unit);
                const float* at = from + Cell::SLOTS * u0 + (j * Cell::SLOTS + slot[gate]) * w;
                store_up_to(to + gate * U + unit, load_up_to(at, n), n);
            }
    });
}

// x null, W (F, GATES U), R (U, GATES U), b (BIASES, GATES U) or null, the rest null; panels out. W may be null where x holds codes.
template <class Cell>
inline void recurrent_pack(const Args& a) {
    constexpr int S = Cell::SLOTS;
    const RecurrentShape<Cell> s(a.n, 0);
    const float *W = a.at(1), *R = a.at(2), *b = a.at(3);
    float* panels = a.at(9);
    const int64_t U = s.U, K = s.panel_rows(), columns = Cell::GATES * U;
    each_block<S>(U, [&](int64_t u0, int M, int N) {
        const int w = LANES / M;
        for (int64_t j = 0; j < N; ++j) {
            const int64_t unit = u0 + j * w, n = std::min<int64_t>(w, U - unit);
            for (int gate = 0; gate < Cell::GATES; ++gate) {
                auto put = [&](int64_t row, int64_t rows, int slot, const float* from, bool add = false) {
                    float* to = panels + S * u0 * K + row * S * N * w + (j * S + slot) * w;
                    from += gate * U + unit;
                    for (int64_t k = 0; k < rows; ++k, to += S * N * w, from += columns)
                        store_up_to(to, add ? load_up_to(to, n) + load_up_to(from, n) : load_up_to(from, n), n);
                };
                const int of_x = Cell::W_SLOT[gate], of_h = Cell::R_SLOT[gate];
                if (b != nullptr) put(0, 1, of_x, b);
                if (b != nullptr && Cell::BIASES == 2) put(0, 1, of_h, b + columns, of_x == of_h);
                put(1, s.columns, of_x, W);
                put(1 + s.columns, U, of_h, R);
            }
        }
    });
    auto runs = [&](const int(&slot)[Cell::GATES]) {
        return [&, U](auto run) {
            over_blocks<S>(U, [&]<int M, int N>(int64_t u0) {
                constexpr int w = LANES / M;
                for (int64_t j = 0; j < N; ++j)
                    for (int gate = 0; gate < Cell::GATES; ++gate) {
                        const int64_t unit = u0 + j * w;
                        if (unit < U)
                            run(S * u0 + (j * S + slot[gate]) * w, gate * U + unit, std::min<int64_t>(w, U - unit));
                    }
            });
        };
    };
    pack_transposed(R, columns, s.G, U, panels + s.recurrent_panel(), runs(Cell::R_SLOT));
    if (s.columns > 0) pack_transposed(W, columns, s.G, s.columns, panels + s.input_panel(), runs(Cell::W_SLOT));
}

// A function known when compiling, or (CODE < 0) by number.
template <int CODE>
TIDEGATE_INLINE vec value_of(int code, vec z) {
    if constexpr (CODE >= 0)
        return activate<CODE>(z);
    else
        return activate(code, z);
}
// What is kept of a gate: its value where the slope follows from it, else z.
template <int CODE>
TIDEGATE_INLINE vec kept_of(vec z, vec value) {
    return CODE >= 0 ? value : z;
}
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

// The first n numbers of each of `count` rows, which are `apart` apart here and `stride` there.
__attribute__((noinline)) inline void move_rows(const float* from, int64_t apart, float* to, int64_t stride, int64_t n,
                                                int count) {
    for (int r = 0; r < count; ++r)
        for (int64_t k = 0; k < n; ++k) to[r * stride + k] = from[r * apart + k];
}

// (M, W) of rows that are `stride` apart: n <= W numbers of each of `count` <= M rows, the rest 0; and back.
template <int M>
TIDEGATE_INLINE vec load_group(const float* p, int64_t stride, int64_t n, int count) {
    if constexpr (M == 1) return n > 0 ? load_up_to(p, n) : vec{};
    constexpr int w = LANES / M;
    float part[LANES] = {};
    if (n == w)
        for (int r = 0; r < count; ++r) std::memcpy(part + r * w, p + r * stride, w * sizeof(float));
    else
        move_rows(p, stride, part, w, n, count);
    return load(part);
}
template <int M>
TIDEGATE_INLINE void store_group(float* p, int64_t stride, int64_t n, int count, vec v) {
    if constexpr (M == 1) {
        if (n > 0) store_up_to(p, v, n);
        return;
    }
    constexpr int w = LANES / M;
    float part[LANES];
    store(part, v);
    if (n == w)
        for (int r = 0; r < count; ++r) std::memcpy(p + r * stride, part + r * w, w * sizeof(float));
    else
        move_rows(part, w, p, stride, n, count);
}
// Where each of the rows counts: all ones in its lanes.
template <int M>
TIDEGATE_INLINE ivec counted(const float* mask, int64_t stride, int count) {
    vec m = all(*mask);
    for (int r = 1; r < count; ++r) m = select(lane_numbers() < r * (LANES / M), m, all(mask[r * stride]));
    return m != 0;
}

// 4 / M vectors of each of M samples become one vector for each slot; and back, since it undoes itself.
template <int M, int S>
TIDEGATE_INLINE void regroup(vec (&z)[S]) {
    if constexpr (M == 2) {
        std::swap(z[1], z[2]);  // vectors (a, b, a', b') of samples a and b
        exchange<2>(z);
        exchange<2>(z + 2);
    }
    if constexpr (M == 4) exchange<4>(z);
}
template <int M, int S>
TIDEGATE_INLINE void ungroup(vec (&z)[S]) {
    if constexpr (M == 2) {
        exchange<2>(z);
        exchange<2>(z + 2);
        std::swap(z[1], z[2]);
    }
    if constexpr (M == 4) exchange<4>(z);
}

// Numbers [B][U] by unit; and back.
template <class Cell>
inline void to_units(const RecurrentShape<Cell>& s, const float* from, float* to) {
    over_blocks<Cell::SLOTS>(s.U, [&]<int M, int N>(int64_t u0) {
        constexpr int w = LANES / M;
        for (int64_t j = 0; j < N; ++j)
            for (int64_t row = 0, unit0 = u0 + j * w; row < s.B; row += M)
                store(to + unit0 * s.rows + row / M * LANES,
                      load_group<M>(from + row * s.U + unit0, s.U, std::min<int64_t>(w, s.U - unit0),
                                    static_cast<int>(std::min<int64_t>(M, s.B - row))));
    });
}
template <class Cell>
inline void from_units(const RecurrentShape<Cell>& s, const float* from, float* to) {
    over_blocks<Cell::SLOTS>(s.U, [&]<int M, int N>(int64_t u0) {
        constexpr int w = LANES / M;
        for (int64_t j = 0; j < N; ++j)
            for (int64_t row = 0, unit0 = u0 + j * w; row < s.B; row += M)
                store_group<M>(to + row * s.U + unit0, s.U, std::min<int64_t>(w, s.U - unit0),
                               static_cast<int>(std::min<int64_t>(M, s.B - row)),
                               load(from + unit0 * s.rows + row / M * LANES));
    });
}

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
