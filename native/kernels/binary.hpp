// Twins of src/tidegate/ops/binary.py. Arithmetic and comparisons exact; power, arctan2 and mod as the C library has them.
//
// n: 1 for sums over the batch (one double each), then the walk through y, x1 and x2; f: the number in place of an absent x.
#pragma once

#include <cmath>
#include <type_traits>

#include "math.hpp"
#include "walk.hpp"

namespace tidegate::TIDEGATE_ISA {

// A function of two floats, lane by lane.
template <class F>
__attribute__((noinline)) inline vec lanes2(vec a, vec b, F f) {
    for (int k = 0; k < LANES; ++k) a[k] = f(a[k], b[k]);
    return a;
}
TIDEGATE_INLINE vec truth(ivec m) { return select(m, all(1), all(0)); }

// Each says value(a, b) and, if it has them, its slopes d1(a, b) and d2(a, b), for which a and b are known where READS. The slopes are
// called, one loop for all ops, but for those that training meets at every turn: sums and products.
struct Add {
    static constexpr bool READS = false;
    template <class T>
    static T value(T a, T b) {
        return a + b;
    }
    static vec d1(vec, vec) { return all(1); }
    static vec d2(vec, vec) { return all(1); }
};
struct Subtract {
    static constexpr bool READS = false;
    template <class T>
    static T value(T a, T b) {
        return a - b;
    }
    static vec d1(vec, vec) { return all(1); }
    static vec d2(vec, vec) { return all(-1); }
};
struct Multiply {
    static constexpr bool READS = true;
    template <class T>
    static T value(T a, T b) {
        return a * b;
    }
    static vec d1(vec, vec b) { return b; }
    static vec d2(vec a, vec) { return a; }
};
struct Divide {
    static constexpr bool READS = true;
    template <class T>
    static T value(T a, T b) {
        return a / b;
    }
    static vec d1(vec, vec b) { return 1 / b; }
    static vec d2(vec a, vec b) { return -a / (b * b); }
};
TIDEGATE_INLINE vec larger(vec a, vec b) { return select(a > b, all(1), select(a == b, all(0.5f), all(0))); }
struct Maximum {
    static constexpr bool READS = true;
    static vec value(vec a, vec b) { return select((a > b) | (a != a), a, b); }  // a NaN on either side stays one
    static vec d1(vec a, vec b) { return larger(a, b); }
    static vec d2(vec a, vec b) { return larger(b, a); }
};
struct Minimum {
    static constexpr bool READS = true;
    static vec value(vec a, vec b) { return select((a < b) | (a != a), a, b); }
    static vec d1(vec a, vec b) { return larger(b, a); }
    static vec d2(vec a, vec b) { return larger(a, b); }
};
struct Power {
    static constexpr bool READS = true;
    static vec value(vec a, vec b) {
        return lanes2(a, b, [](float x, float y) { return std::pow(x, y); });
    }
    static vec d1(vec a, vec b) { return b * value(a, b - 1); }
    static vec d2(vec a, vec b) { return select(a > 0, value(a, b) * vlog(select(a > 0, a, all(1))), all(0)); }
};
struct Arctan2 {
    static constexpr bool READS = true;
    static vec value(vec a, vec b) {
        return lanes2(a, b, [](float x, float y) { return std::atan2(x, y); });
    }
    static vec d1(vec a, vec b) { return b / (a * a + b * b); }
    static vec d2(vec a, vec b) { return -a / (a * a + b * b); }
};
struct FloorDivide {
    static vec value(vec a, vec b) {
        return lanes2(a, b, [](float x, float y) {
            const float rest = std::fmod(x, y);
            const float whole = (x - rest) / y - (rest != 0 && (rest < 0) != (y < 0) ? 1.f : 0.f);
            return y == 0 ? x / y : std::round(whole);
        });
    }
};
struct Mod {
    static constexpr bool READS = true;
    static vec value(vec a, vec b) {
        return lanes2(a, b, [](float x, float y) {
            const float rest = std::fmod(x, y);
            return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
        });
    }
    static vec d1(vec, vec) { return all(1); }
    static vec d2(vec a, vec b) { return -FloorDivide::value(a, b); }
};
struct Equal {
    static vec value(vec a, vec b) { return truth(a == b); }
};
struct NotEqual {
    static vec value(vec a, vec b) { return truth(a != b); }
};
struct Greater {
    static vec value(vec a, vec b) { return truth(a > b); }
};
struct GreaterEqual {
    static vec value(vec a, vec b) { return truth(a >= b); }
};
struct Less {
    static vec value(vec a, vec b) { return truth(a < b); }
};
struct LessEqual {
    static vec value(vec a, vec b) { return truth(a <= b); }
};
struct LogicalAnd {
    static vec value(vec a, vec b) { return truth((a != 0) & (b != 0)); }
};
struct LogicalOr {
    static vec value(vec a, vec b) { return truth((a != 0) | (b != 0)); }
};
struct LogicalXor {
    static vec value(vec a, vec b) { return truth((a != 0) ^ (b != 0)); }
};

// x1 (...) or null, x2 (...) or null; out y (...).
template <class F>
inline void binary_forward(const Args& a) {
    if constexpr (requires { F::value(1.0, 1.0); })
        if (a.n[0] != 0) {
            const double *x1 = a.at<double>(0), *x2 = a.at<double>(1);
            *a.at<double>(2) =
                F::template value<double>(x1 == nullptr ? a.f[0] : *x1, x2 == nullptr ? a.f[0] : *x2);  // 1
            return;
        }
    const float constant = static_cast<float>(a.f[0]);
    const float *x1 = a.at(0) == nullptr ? &constant : a.at(0), *x2 = a.at(1) == nullptr ? &constant : a.at(1);
    const Walk<3> w(a.n + 1, a.rows);
    float* y = a.at(2);
    const int64_t s1 = w.inner(1), s2 = w.inner(2);
    if (w.inner(0) == 1 && s1 == 1 && s2 == 1) {
        w.runs([&](const int64_t* at) {
            map2(x1 + at[1], x2 + at[2], y + at[0], w.length(), [](vec p, vec q) { return F::value(p, q); });  // 1
        });
        return;
    }
    w.vectors([&](const int64_t* at, int64_t m) {
        store_strided(y + at[0], w.inner(0), F::value(load_strided(x1 + at[1], s1, m), load_strided(x2 + at[2], s2, m)),
                      m);  // 1
    });
}

// slope(k, a, b): with respect to x1 for k = 0, to x2 for k = 1.
struct Fixed {
    static constexpr bool READS = false;
    vec d[2];
    TIDEGATE_INLINE vec slope(int k, vec, vec) const { return d[k]; }
};
struct Crossed {
    static constexpr bool READS = true;
    TIDEGATE_INLINE static vec slope(int k, vec a, vec b) { return k == 0 ? b : a; }
};
struct Called {
    static constexpr bool READS = true;
    vec (*d[2])(vec, vec);
    TIDEGATE_INLINE vec slope(int k, vec a, vec b) const { return d[k](a, b); }
};
template <class F>
inline auto slopes_of() {
    if constexpr (!F::READS)
        return Fixed{{F::d1(vec{}, vec{}), F::d2(vec{}, vec{})}};
    else if constexpr (std::is_same_v<F, Multiply>)
        return Crossed{};
    else
        return Called{{F::d1, F::d2}};
}

template <class Slopes>
inline void binary_backward_by(const Args& a, const Slopes& s) {
    const float constant = static_cast<float>(a.f[0]);
    const float *x1 = a.at(0) == nullptr ? &constant : a.at(0), *x2 = a.at(1) == nullptr ? &constant : a.at(1);
    const float* dy = a.at(3);
    const Walk<3> w(a.n + 1, a.rows);
    const int64_t s0 = w.inner(0), s1 = w.inner(1), s2 = w.inner(2);
    for (int k = 0; k < 2; ++k) {
        if (a.at(7 + k) == nullptr) continue;
        add_up(w, 1 + k, a.at(7 + k), [&](const int64_t* at, int64_t m) {
            const vec p = Slopes::READS ? load_strided(x1 + at[1], s1, m) : vec{};
            const vec q = Slopes::READS ? load_strided(x2 + at[2], s2, m) : vec{};
            return load_strided(dy + at[0], s0, m) * s.slope(k, p, q);  // undo 1
        });
    }
}

// x1, x2 (...) or null, y null, dy (...) or null for the number 1; out dx1, dx2 (...) or null.
template <class F>
inline void binary_backward(const Args& a) {
    if constexpr (requires { F::value(1.0, 1.0); })
        if (a.n[0] != 0) {
            const double dy = a.at(3) == nullptr ? 1 : *a.at<double>(3);
            const vec c = all(static_cast<float>(a.f[0]));
            if (a.at(7) != nullptr) *a.at<double>(7) = dy * (F::READS ? F::template value<double>(1, a.f[0]) : 1);
            if (a.at(8) != nullptr) *a.at<double>(8) = dy * (F::READS ? a.f[0] : static_cast<double>(F::d2(c, c)[0]));
            return;  // undo 1
        }
    binary_backward_by(a, slopes_of<F>());
}

template <class F>
constexpr Kernel binary_kernel(const char* name) {
    if constexpr (requires { F::READS; })
        return {.name = name, .forward = binary_forward<F>, .backward = binary_backward<F>};
    else
        return {.name = name, .forward = binary_forward<F>};
}

}  // namespace tidegate::TIDEGATE_ISA
