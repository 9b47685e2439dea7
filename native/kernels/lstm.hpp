// Twin of src/tidegate/ops/lstm.py: the same numbered lines.
//
// The four gates of LANES units stand side by side ([block of units][4 gates][LANES]), so that one register tile holds all that a
// unit's new state needs and the gates' functions follow the product without a trip through memory. Units are padded to whole
// vectors; what pads them stays 0. G = 4 * padded(U) gate columns.
#pragma once

#include <cstring>

#include "activations.hpp"
#include "kernel.hpp"
#include "tile.hpp"

namespace tidegate::TIDEGATE_ISA {

struct LstmShape {
    int64_t B, T, F, U, P, G;
    int act, rec;
    bool sequences, backwards;

    LstmShape(const int64_t* n, int64_t rows)
        : B(rows), T(n[0]), F(n[1]), U(n[2]), P(padded(n[2])), G(4 * padded(n[2])), act(static_cast<int>(n[3])),
          rec(static_cast<int>(n[4])), sequences(n[5] != 0), backwards(n[6] != 0) {}

    int64_t time(int64_t s) const { return backwards ? T - 1 - s : s; }  // the step of x that is taken s-th

    // panels: gates of (1 + F + U) rows, the first one the bias; then Rᵀ (G, U); then Wᵀ (G, F)
    int64_t recurrent_panel() const { return (1 + F + U) * G; }
    int64_t input_panel() const { return recurrent_panel() + G * P; }
    int64_t panels() const { return input_panel() + G * padded(F); }

    // saved: gates [T][B][G], then c and φ(c) [T][B][P], then h [T][B][U] unless it is the output
    int64_t saved_c() const { return T * B * G; }
    int64_t saved_a() const { return saved_c() + T * B * P; }
    int64_t saved_h() const { return saved_a() + T * B * P; }
    int64_t saved() const { return saved_h() + (sequences ? 0 : T * B * U); }

    // scratch, forward: c [B][P] and two h [B][U]; backward: dc [B][P], dh kept by a mask [B][P], dW and dR (F + U, G), db (G)
    int64_t scratch() const { return std::max(B * P + 2 * B * U, 2 * B * P + (F + U + 1) * G); }
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
    for (int64_t u0 = 0; u0 < U; u0 += LANES) {
        const int64_t n = std::min<int64_t>(LANES, U - u0);
        float* to = panels + u0 * 4 * K;
        for (int64_t k = 0; k < K; ++k) {
            const float* row = k == 0 ? b : k <= s.F ? W + (k - 1) * 4 * U : R + (k - 1 - s.F) * 4 * U;
            for (int64_t gate = 0; gate < 4; ++gate, to += LANES) {
                std::memset(to, 0, LANES * sizeof(float));
                if (row != nullptr) std::memcpy(to, row + gate * U + u0, n * sizeof(float));
            }
        }
    }
    auto transposed = [&](const float* w) {
        return [=](int64_t g, int64_t row) {  // column g of the gates' layout
            const int64_t u = g / (4 * LANES) * LANES + g % LANES, gate = g / LANES % 4;
            return u < U ? w[row * 4 * U + gate * U + u] : 0.0f;
        };
    };
    pack_panels(s.G, U, panels + s.recurrent_panel(), transposed(R));
    pack_panels(s.G, s.F, panels + s.input_panel(), transposed(W));
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

TIDEGATE_INLINE vec load_up_to(const float* p, int64_t n) { return n >= LANES ? load(p) : load_part(p, n); }
TIDEGATE_INLINE void store_up_to(float* p, vec v, int64_t n) {
    if (n >= LANES)
        store(p, v);
    else
        store_part(p, v, n);
}

template <int ACT, int REC>
inline void lstm_forward_as(const Args& args) {
    const LstmShape s(args.n, args.rows);
    const float *x = args.at(0), *mask = args.at(4), *panels = args.at(8);
    float *y = args.at(5), *saved = args.at(6), *scratch = args.at(7);
    const int64_t B = s.B, T = s.T, F = s.F, U = s.U, P = s.P, K = 1 + F + U;
    for (int64_t step = 0; step < T; ++step) {
        const int64_t t = s.time(step);
        const float* x_t = x + t * B * F;
        float* gates = saved ? saved + step * B * s.G : nullptr;
        float* c = saved ? saved + s.saved_c() + step * B * P : scratch;
        const float* c_before = saved ? c - B * P : c;
        float* phi = saved ? saved + s.saved_a() + step * B * P : nullptr;
        float* const states = s.sequences ? y : saved ? saved + s.saved_h() : nullptr;  // [T][B][U]
        float* h = states ? states + step * B * U : scratch + B * P + (step & 1) * B * U;
        const float* h_before = states ? h - B * U : scratch + B * P + (~step & 1) * B * U;
        if (!s.sequences && step == T - 1 && !saved) h = y;
        for (int64_t u0 = 0; u0 < U; u0 += LANES) {
            const float* panel = panels + u0 * 4 * K;
            const int64_t n = U - u0;
            over_rows<4>(B, [&]<int R>(int64_t m) {
                Tile<R, 4> z;  // 1: z = b + x W + h R
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    unroll<4>([&](auto v) __attribute__((always_inline)) { z.at[r][v] = load(panel + v * LANES); });
                });
                multiply(z, x_t + m * F, F, 1, panel + 4 * LANES, 4 * LANES, F);
                if (step > 0) multiply(z, h_before + m * U, U, 1, panel + (1 + F) * 4 * LANES, 4 * LANES, U);
                unroll<R>([&](auto r) __attribute__((always_inline)) {
                    const int64_t row = m + r;
                    const vec i = value_of<REC>(s.rec, z.at[r][0]), f = value_of<REC>(s.rec, z.at[r][1]);
                    const vec g = value_of<ACT>(s.act, z.at[r][2]), o = value_of<REC>(s.rec, z.at[r][3]);
                    const vec before = step > 0 ? load(c_before + row * P + u0) : vec{};
                    vec c_new = f * before + i * g;                // 2
                    const vec a = value_of<ACT>(s.act, c_new);     // 3
                    vec h_new = o * a;
                    if (gates != nullptr) {
                        float* to = gates + row * s.G + 4 * u0;
                        store(to, keeps_value<REC> ? i : z.at[r][0]);
                        store(to + LANES, keeps_value<REC> ? f : z.at[r][1]);
                        store(to + 2 * LANES, keeps_value<ACT> ? g : z.at[r][2]);
                        store(to + 3 * LANES, keeps_value<REC> ? o : z.at[r][3]);
                        store(phi + row * P + u0, keeps_value<ACT> ? a : c_new);
                    }
                    if (mask != nullptr && mask[row * T + t] == 0) {  // 4: the state stays
                        c_new = before;
                        h_new = step > 0 ? load_up_to(h_before + row * U + u0, n) : vec{};
                    }
                    store(c + row * P + u0, c_new);
                    store_up_to(h + row * U + u0, h_new, n);
                });
            });
        }
    }
    if (saved && !s.sequences) std::memcpy(y, saved + s.saved_h() + (T - 1) * B * U, B * U * sizeof(float));
}

template <int ACT, int REC>
inline void lstm_backward_as(const Args& args) {
    const LstmShape s(args.n, args.rows);
    const float *x = args.at(0), *mask = args.at(4), *h_out = args.at(5), *dy = args.at(6), *panels = args.at(9);
    float *saved = args.at(7), *scratch = args.at(8);
    float *dx = args.at(10), *dW = args.at(11), *dR = args.at(12), *db = args.at(13);
    const int64_t B = s.B, T = s.T, F = s.F, U = s.U, P = s.P, G = s.G;
    const float* c_all = saved + s.saved_c();
    const float* phi_all = saved + s.saved_a();
    const float* h_all = s.sequences ? h_out : saved + s.saved_h();
    float *dc = scratch, *kept = scratch + B * P;  // dh of steps that a mask passed over
    float *dWs = kept + B * P, *dRs = dWs + F * G, *dbs = dRs + U * G;
    std::memset(scratch, 0, (2 * B * P + (F + U + 1) * G) * sizeof(float));
    const bool weights = dW != nullptr || dR != nullptr || db != nullptr;
    const int64_t chunk = std::max<int64_t>(1, (96 + B - 1) / B);  // steps whose rows are added to the weights' gradients at once

    int64_t last = T;  // steps [last, T) are in the weights' gradients
    for (int64_t step = T - 1; step >= 0; --step) {
        const int64_t t = s.time(step);
        float* gates = saved + step * B * G;  // dz is written over them
        const float* dz_after = step + 1 < T ? gates + B * G : nullptr;
        const float* c_before = step > 0 ? c_all + (step - 1) * B * P : nullptr;
        const float* phi = phi_all + step * B * P;
        const float* dy_s = s.sequences ? dy + step * B * U : step == T - 1 ? dy : nullptr;
        over_columns(U, [&]<int V>(int64_t first) {
            const float* panel = panels + s.recurrent_panel() + first * LANES * G;
            over_rows<V>(B, [&]<int R>(int64_t m) {
                Tile<R, V> dh;
                clear(dh);
                if (dz_after != nullptr) multiply(dh, dz_after + m * G, G, 1, panel, V * LANES, G);  // undo 1 of the step after
                unroll<V>([&](auto v) __attribute__((always_inline)) {
                    const int64_t u0 = (first + v) * LANES, n = U - u0;
                    unroll<R>([&](auto r) __attribute__((always_inline)) {
                        const int64_t row = m + r;
                        vec d = dh.at[r][v];
                        if (dy_s != nullptr) d += load_up_to(dy_s + row * U + u0, n);
                        float* z = gates + row * G + 4 * u0;
                        float* dc_at = dc + row * P + u0;
                        if (mask != nullptr) {
                            d += load(kept + row * P + u0);
                            if (mask[row * T + t] == 0) {  // undo 4: the gradient goes to the step before as it is
                                store(kept + row * P + u0, d);
                                for (int gate = 0; gate < 4; ++gate) store(z + gate * LANES, vec{});
                                return;
                            }
                            store(kept + row * P + u0, vec{});
                        }
                        vec i, f, g, o, a, si, sf, sg, so, sa;
                        value_and_slope<REC>(s.rec, load(z), i, si);
                        value_and_slope<REC>(s.rec, load(z + LANES), f, sf);
                        value_and_slope<ACT>(s.act, load(z + 2 * LANES), g, sg);
                        value_and_slope<REC>(s.rec, load(z + 3 * LANES), o, so);
                        value_and_slope<ACT>(s.act, load(phi + row * P + u0), a, sa);
                        const vec dcc = load(dc_at) + d * o * sa;  // undo 3
                        const vec before = c_before ? load(c_before + row * P + u0) : vec{};
                        vec dz[4] = {dcc * g * si, dcc * before * sf, dcc * i * sg, d * a * so};  // undo 3, 2
                        store(dc_at, dcc * f);                                                    // undo 2
                        unroll<4>([&](auto gate) __attribute__((always_inline)) {
                            store(z + gate * LANES, dz[gate]);
                            if (n < LANES)  // an activation may be infinite in what pads the units: nothing of it may leave
                                std::memset(z + gate * LANES + n, 0, (LANES - n) * sizeof(float));
                        });
                    });
                });
            });
        });
        if (step > 0 && last - step < chunk) continue;
        for (int64_t k = step; k < last; ++k) {  // undo 1, for the steps since the last chunk
            const float* dz = saved + k * B * G;
            const int64_t t_k = s.time(k);
            if (weights) {
                add_outer(x + t_k * B * F, F, dz, G, dWs, G, B, F, G);
                if (k > 0) add_outer(h_all + (k - 1) * B * U, U, dz, G, dRs, G, B, U, G);
                add_rows(dz, G, dbs, B, G);
            }
            if (dx != nullptr) product(dz, G, panels + s.input_panel(), nullptr, dx + t_k * B * F, B, G, F);
        }
        last = step;
    }
    auto unpack = [&](const float* from, float* to, int64_t rows) {  // from gate blocks to Keras's columns
        if (to == nullptr) return;
        for (int64_t k = 0; k < rows; ++k)
            for (int64_t u0 = 0; u0 < U; u0 += LANES)
                for (int64_t gate = 0; gate < 4; ++gate)
                    std::memcpy(to + k * 4 * U + gate * U + u0, from + k * G + 4 * u0 + gate * LANES,
                                std::min<int64_t>(LANES, U - u0) * sizeof(float));
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
