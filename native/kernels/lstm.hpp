// Twin of src/tidegate/ops/lstm.py: the same numbered lines. The loops over the steps stand in recurrent_{forward,backward}.hpp.
#pragma once

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

// Slots: i, f, g, o. Kept of them: values (or z), and φ(c) (or c) aside. Largest error: that of the functions (accuracy.hpp), summed over T.
template <int ACT, int REC>
struct LstmCell {
    static constexpr int SLOTS = 4, GATES = 4, BIASES = 1;
    static constexpr int W_SLOT[GATES] = {0, 1, 2, 3}, R_SLOT[GATES] = {0, 1, 2, 3};
    static constexpr bool HAS_C = true, HAS_SIDE = true, NEEDS_H = false, CARRIES = false;
    static constexpr bool RESET_BEFORE = false, UNROLLED = ACT >= 0;
    int act, rec;

    TIDEGATE_INLINE void forward(vec (&q)[4], vec c, vec, vec& c_new, vec& h_new, vec& side) const {  // 1: q
        const vec i = value_of<REC>(rec, q[0]), f = value_of<REC>(rec, q[1]);
        const vec g = value_of<ACT>(act, q[2]), o = value_of<REC>(rec, q[3]);
        c_new = f * c + i * g;                    // 2
        const vec a = value_of<ACT>(act, c_new);  // 3
        h_new = o * a;
        q[0] = kept_of<REC>(q[0], i);
        q[1] = kept_of<REC>(q[1], f);
        q[2] = kept_of<ACT>(q[2], g);
        q[3] = kept_of<REC>(q[3], o);
        side = kept_of<ACT>(c_new, a);
    }

    TIDEGATE_INLINE void backward(const vec (&q)[4], vec side, vec c, vec, vec d, vec dc_after, vec (&dz)[4], vec& dc,
                                  vec&) const {
        vec i, f, g, o, a, si, sf, sg, so, sa;
        value_and_slope<REC>(rec, q[0], i, si);
        value_and_slope<REC>(rec, q[1], f, sf);
        value_and_slope<ACT>(act, q[2], g, sg);
        value_and_slope<REC>(rec, q[3], o, so);
        value_and_slope<ACT>(act, side, a, sa);
        const vec dcc = dc_after + d * o * sa;  // undo 3
        dz[0] = dcc * g * si;                   // undo 2
        dz[1] = dcc * c * sf;
        dz[2] = dcc * i * sg;
        dz[3] = d * a * so;  // undo 3
        dc = dcc * f;        // undo 2
    }
};

}  // namespace tidegate::TIDEGATE_ISA
