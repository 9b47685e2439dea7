// Twin of src/tidegate/ops/simple_rnn.py: the same numbered lines. The loops over the steps stand in recurrent_{forward,backward}.hpp.
#pragma once

#include "recurrent.hpp"

namespace tidegate::TIDEGATE_ISA {

// One slot. There is no recurrent activation.
template <int ACT, int>
struct SimpleCell {
    static constexpr int SLOTS = 1, GATES = 1, BIASES = 1;
    static constexpr int W_SLOT[GATES] = {0}, R_SLOT[GATES] = {0};
    static constexpr bool HAS_C = false, HAS_SIDE = false, NEEDS_H = false, CARRIES = false;
    static constexpr bool RESET_BEFORE = false, UNROLLED = false;
    int act, rec;

    TIDEGATE_INLINE void forward(vec (&q)[1], vec, vec, vec&, vec& h_new, vec&) const {  // 1: q
        h_new = value_of<ACT>(act, q[0]);                                                // 2
        q[0] = kept_of<ACT>(q[0], h_new);
    }

    TIDEGATE_INLINE void backward(const vec (&q)[1], vec, vec, vec, vec d, vec, vec (&dz)[1], vec&, vec&) const {
        vec a, sa;
        value_and_slope<ACT>(act, q[0], a, sa);
        dz[0] = d * sa;  // undo 2
    }
};

}  // namespace tidegate::TIDEGATE_ISA
