// Twin of src/tidegate/ops/gru.py: the same numbered lines. The loops over the steps stand in recurrent_{forward,backward}.hpp.
#pragma once

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

// Slots: z, r, and the candidate's two parts, x W + b and h R + b', which the reset gate keeps apart.
template <int ACT, int REC>
struct GruCell {
    static constexpr int SLOTS = 4, GATES = 3, BIASES = 2;
    static constexpr int W_SLOT[GATES] = {0, 1, 2}, R_SLOT[GATES] = {0, 1, 3};
    static constexpr bool HAS_C = false, HAS_SIDE = false, NEEDS_H = true, CARRIES = true;
    static constexpr bool RESET_BEFORE = false, UNROLLED = false;
    int act, rec;

    TIDEGATE_INLINE void forward(vec (&q)[4], vec, vec h, vec&, vec& h_new, vec&) const {  // 1: q
        const vec z = value_of<REC>(rec, q[0]), r = value_of<REC>(rec, q[1]);
        const vec inner = q[2] + r * q[3];  // 2
        const vec g = value_of<ACT>(act, inner);
        h_new = z * h + (1 - z) * g;  // 3
        q[0] = kept_of<REC>(q[0], z);
        q[1] = kept_of<REC>(q[1], r);
        q[2] = kept_of<ACT>(inner, g);
    }

    TIDEGATE_INLINE void backward(const vec (&q)[4], vec, vec, vec h, vec d, vec, vec (&dz)[4], vec&,
                                  vec& direct) const {
        vec z, r, g, sz, sr, sg;
        value_and_slope<REC>(rec, q[0], z, sz);
        value_and_slope<REC>(rec, q[1], r, sr);
        value_and_slope<ACT>(act, q[2], g, sg);
        const vec inner = d * (1 - z) * sg;  // undo 3
        dz[0] = d * (h - g) * sz;            // undo 3
        dz[1] = inner * q[3] * sr;           // undo 2
        dz[2] = inner;
        dz[3] = inner * r;
        direct = d * z;  // undo 3
    }
};

// Twin of src/tidegate/ops/gru_before.py. Slots: z, r, g; the reset gate acts on h before the product with R, in stepwise.hpp.
struct GruBeforeCell {
    static constexpr int SLOTS = 3, GATES = 3, BIASES = 1;
    static constexpr int W_SLOT[GATES] = {0, 1, 2}, R_SLOT[GATES] = {0, 1, 2};
    static constexpr bool HAS_C = false, HAS_SIDE = false, RESET_BEFORE = true;
    int act, rec;

    TIDEGATE_INLINE vec reset(vec q) const { return activate(rec, q); }
    TIDEGATE_INLINE void reset(vec q, vec& r, vec& slope) const { value_and_slope<-1>(rec, q, r, slope); }

    TIDEGATE_INLINE void forward(vec (&q)[3], vec, vec h, vec&, vec& h_new, vec&) const {
        const vec z = activate(rec, q[0]);
        h_new = z * h + (1 - z) * activate(act, q[2]);  // 4
    }

    TIDEGATE_INLINE void backward(const vec (&q)[3], vec, vec, vec h, vec d, vec, vec (&dz)[3], vec&,
                                  vec& direct) const {
        vec z, g, sz, sg;
        value_and_slope<-1>(rec, q[0], z, sz);
        value_and_slope<-1>(act, q[2], g, sg);
        dz[0] = d * (h - g) * sz;  // undo 4
        dz[2] = d * (1 - z) * sg;
        direct = d * z;
    }
};

}  // namespace tidegate::TIDEGATE_ISA
