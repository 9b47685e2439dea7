// The skeleton of every recurrent layer: LSTM, GRU and the simple one are its cells (lstm.hpp, gru.hpp, simple_rnn.hpp). Here: how units,
// gates and samples lie, and how weights are packed; the loops over the steps are recurrent_forward.hpp and recurrent_backward.hpp.
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
inline void to_gates(const float* from, const int (&slot)[Cell::GATES], int64_t U, float* to) {
    each_block<Cell::SLOTS>(U, [&](int64_t u0, int M, int N) {
        const int w = LANES / M;
        for (int64_t j = 0; j < N; ++j)
            for (int gate = 0; gate < Cell::GATES; ++gate) {
                const int64_t unit = u0 + j * w, n = std::min<int64_t>(w, U - unit);
                float* at = to + Cell::SLOTS * u0 + (j * Cell::SLOTS + slot[gate]) * w;
                store_up_to(at, load_up_to(from + gate * U + unit, n), n);
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

}  // namespace tidegate::TIDEGATE_ISA
