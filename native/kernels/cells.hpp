// The entries of the recurrent layers in the table of kernels: which loop and which functions a call takes.
#pragma once

#include "gru.hpp"
#include "lstm.hpp"
#include "recurrent_backward.hpp"
#include "recurrent_forward.hpp"
#include "simple_rnn.hpp"
#include "stepwise.hpp"

namespace tidegate::TIDEGATE_ISA {

// f.template operator()<ACT, REC>(): the pairs of functions that tutorials use are compiled as such; others are looked up by number.
template <class F>
TIDEGATE_INLINE void with_functions(const int64_t* n, F f) {
    const bool sigmoid = n[4] == Act::sigmoid;
    if (n[3] == Act::tanh && sigmoid) return f.template operator()<Act::tanh, Act::sigmoid>();
    if (n[3] == Act::relu && sigmoid) return f.template operator()<Act::relu, Act::sigmoid>();
    f.template operator()<-1, -1>();
}

// Whether numbers are dropped for each gate, which the skeleton does not serve.
inline bool stepwise(const int64_t* n) { return n[10] != 0; }

// The table's entry of a cell that is a template of its two functions.
template <template <int, int> class Cell>
constexpr Kernel recurrent_kernel(const char* name) {
    using Any = Cell<-1, -1>;
    return {name,
            [](const Args& a) {
                if (stepwise(a.n)) return stepwise_forward(a, Any{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])});
                with_functions(a.n, [&]<int ACT, int REC>() {
                    recurrent_forward(a, Cell<ACT, REC>{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])});
                });
            },
            [](const Args& a) {
                if (stepwise(a.n)) return stepwise_backward(a, Any{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])});
                with_functions(a.n, [&]<int ACT, int REC>() {
                    recurrent_backward(a, Cell<ACT, REC>{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])});
                });
            },
            [](const Args& a) { return stepwise(a.n) ? stepwise_pack<Any>(a) : recurrent_pack<Any>(a); },
            [](const int64_t* n, const double* f, int64_t rows) {
                return stepwise(n) ? stepwise_sizes<Any>(n, f, rows) : recurrent_sizes<Any>(n, f, rows);
            }};
}

// And of a cell that the skeleton does not serve at all.
template <class Cell>
constexpr Kernel stepwise_kernel(const char* name) {
    return {name, [](const Args& a) { stepwise_forward(a, Cell{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])}); },
            [](const Args& a) { stepwise_backward(a, Cell{static_cast<int>(a.n[3]), static_cast<int>(a.n[4])}); },
            stepwise_pack<Cell>, stepwise_sizes<Cell>};
}

}  // namespace tidegate::TIDEGATE_ISA
