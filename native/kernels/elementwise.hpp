// Twins of src/tidegate/ops/elementwise.py, and of cast.py. Exact, or as near as math.hpp says, or as the C library has them.
//
// n: numbers of a sample. x (...); out y (...).
#pragma once

#include <cmath>

#include "kernel.hpp"
#include "math.hpp"

namespace tidegate::TIDEGATE_ISA {

// A function of one float, lane by lane: for what is seldom asked for.
template <class F>
TIDEGATE_INLINE vec lanes(vec x, F f) {
    for (int k = 0; k < LANES; ++k) x[k] = f(x[k]);
    return x;
}
TIDEGATE_INLINE vec truth_of(ivec m) { return select(m, all(1), all(0)); }

// Each says value(x) and, if it has one, its slope(x, y).
struct Negative {
    static vec value(vec x) { return -x; }
    static vec slope(vec, vec) { return all(-1); }
};
struct AbsoluteValue {
    static vec value(vec x) { return vabs(x); }
    static vec slope(vec x, vec) { return select(x > 0, all(1), select(x < 0, all(-1), all(0))); }
};
struct Square {
    static vec value(vec x) { return x * x; }
    static vec slope(vec x, vec) { return 2 * x; }
};
struct Sqrt {
    static vec value(vec x) { return vsqrt(x); }
    static vec slope(vec, vec y) { return 0.5f / y; }
};
struct Rsqrt {
    static vec value(vec x) { return 1 / vsqrt(x); }
    static vec slope(vec, vec y) { return -0.5f * y * y * y; }
};
struct Reciprocal {
    static vec value(vec x) { return 1 / x; }
    static vec slope(vec, vec y) { return -y * y; }
};
struct Exp {
    static vec value(vec x) { return vexp(x); }
    static vec slope(vec, vec y) { return y; }
};
struct Expm1 {
    static vec value(vec x) { return select(x > 88, vexp(x), vexpm1(x)); }
    static vec slope(vec, vec y) { return y + 1; }
};
struct Log {
    static vec value(vec x) { return vlog(x); }
    static vec slope(vec x, vec) { return 1 / x; }
};
struct Log1p {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::log1p(v); });
    }
    static vec slope(vec x, vec) { return 1 / (1 + x); }
};
struct Cos;
struct Sin {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::sin(v); });
    }
    static vec slope(vec x, vec) {
        return lanes(x, [](float v) { return std::cos(v); });
    }
};
struct Cos {
    static vec value(vec x) { return Sin::slope(x, x); }
    static vec slope(vec x, vec) { return -Sin::value(x); }
};
struct Tan {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::tan(v); });
    }
    static vec slope(vec, vec y) { return 1 + y * y; }
};
struct Arctan {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::atan(v); });
    }
    static vec slope(vec x, vec) { return 1 / (1 + x * x); }
};
struct Sinh {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::sinh(v); });
    }
    static vec slope(vec x, vec) {
        return lanes(x, [](float v) { return std::cosh(v); });
    }
};
struct Cosh {
    static vec value(vec x) { return Sinh::slope(x, x); }
    static vec slope(vec x, vec) { return Sinh::value(x); }
};
struct Erf {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::erf(v); });
    }
    static vec slope(vec x, vec) { return 1.1283791670955126f * vexp(-x * x); }
};
struct Sign {
    static vec value(vec x) { return select(x > 0, all(1), select(x < 0, all(-1), x)); }
};
struct Trunc {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::trunc(v); });
    }
};
struct Floor {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::floor(v); });
    }
};
struct Ceil {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::ceil(v); });
    }
};
struct Round {
    static vec value(vec x) {
        return lanes(x, [](float v) { return std::nearbyint(v); });
    }
};
struct LogicalNot {
    static vec value(vec x) { return truth_of(x == 0); }
};
struct IsNan {
    static vec value(vec x) { return truth_of(x != x); }
};
struct IsFinite {
    static vec value(vec x) { return truth_of(vabs(x) < INFINITE); }
};
struct StopGradient {
    static vec value(vec x) { return x; }
};

template <class F>
inline void elementwise_forward(const Args& a) {
    map(a.at(0), a.at(1), a.rows * a.n[0], [](vec x) { return F::value(x); });  // 1
}

// x (...) or null, y (...) or null, dy (...); out dx (...) or null. What is null is not looked at.
template <class F>
inline void elementwise_backward(const Args& a) {
    const float* dy = a.at(2);
    float* dx = a.at(6);
    const int64_t n = a.rows * a.n[0];
    if (dx == nullptr) return;
    const float *x = a.at(0) == nullptr ? dy : a.at(0), *y = a.at(1) == nullptr ? dy : a.at(1);
    for (int64_t k = 0; k < n; k += LANES) {
        const int64_t m = n - k;
        store_up_to(dx + k, load_up_to(dy + k, m) * F::slope(load_up_to(x + k, m), load_up_to(y + k, m)), m);  // undo 1
    }
}

template <class F>
constexpr Kernel elementwise_kernel(const char* name) {
    if constexpr (requires(vec x) { F::slope(x, x); })
        return {.name = name, .forward = elementwise_forward<F>, .backward = elementwise_backward<F>};
    else
        return {.name = name, .forward = elementwise_forward<F>};
}

// x (...), int32; out y (...), float.
inline void cast_forward(const Args& a) {
    const int32_t* x = a.at<int32_t>(0);
    float* y = a.at(1);
    for (int64_t k = 0; k < a.rows * a.n[0]; ++k) y[k] = static_cast<float>(x[k]);
}

// x (...), float; out y (...), int32 in [0, below); n: numbers of a sample, below.
inline void codes_forward(const Args& a) {
    const float* x = a.at(0);
    int32_t* y = a.at<int32_t>(1);
    const auto most = static_cast<float>(a.n[1] - 1);
    for (int64_t k = 0; k < a.rows * a.n[0]; ++k)
        y[k] = x[k] > 0 ? std::min(static_cast<int32_t>(std::min(x[k], most)), static_cast<int32_t>(a.n[1] - 1)) : 0;
}

}  // namespace tidegate::TIDEGATE_ISA
