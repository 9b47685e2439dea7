// Exponential, logarithm and their kin for one vector. Largest errors and ranges: accuracy.hpp.
//
// Each takes NaN to NaN and never traps. Polynomials were fitted to the smallest largest relative error.
#pragma once

#include "accuracy.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr float LOG2_E = 1.44269504f, LN2_HIGH = 0.693145752f,
                       LN2_LOW = 1.42860677e-6f;  // n * LN2_HIGH is exact
inline constexpr float MAGIC =
    12582912.f;  // 1.5 * 2^23: adding it rounds to a whole number, which then stands in the low bits
inline constexpr float LEAST = 1.17549435e-38f, INFINITE = __builtin_inff();

TIDEGATE_INLINE vec clamp(vec x, float low, float high) { return vmin(all(high), vmax(all(low), x)); }  // NaN passes

// (n, r): x = n ln 2 + r with n whole and |r| <= ln 2 / 2; `shifted` is n + MAGIC.
struct Reduced {
    vec shifted, r;
};
TIDEGATE_INLINE Reduced reduce(vec x) {
    const vec shifted = fma(x, all(LOG2_E), all(MAGIC));
    const vec n = shifted - MAGIC;
    return {shifted, fma(n, all(-LN2_LOW), fma(n, all(-LN2_HIGH), x))};
}

// exp(r) - 1 for |r| <= ln 2 / 2
TIDEGATE_INLINE vec expm1_near_0(vec r) {
    const vec r2 = r * r;  // two chains side by side: a recurrent step waits for this more than it works
    const vec low = fma(all(1.666651964187622e-1f), r, all(4.999999403953552e-1f));
    const vec high =
        fma(all(1.3814173871651292e-3f), r2, fma(all(8.368921466171741e-3f), r, all(4.166840761899948e-2f)));
    return fma(fma(high, r2, low), r2, r);
}

// 2^n for -126 <= n <= 127
TIDEGATE_INLINE vec power_of_2(vec shifted) { return (vec)(((ivec)shifted << 23) + 0x3f800000); }

// exp(x) for |x| <= 87.3, where the power of 2 is one normal number
TIDEGATE_INLINE vec exp_inside(vec x) {
    const Reduced a = reduce(x);
    const vec s = power_of_2(a.shifted);
    return fma(s, expm1_near_0(a.r), s);
}

// exp(x), every x
TIDEGATE_INLINE vec vexp(vec x) {
    const Reduced a = reduce(clamp(x, -104, 89));
    const ivec n = ((ivec)a.shifted << 9) >> 9, half = n >> 1;  // two factors: 2^128 and 2^-140 are no normal numbers
    const vec s = (vec)((half + 127) << 23), t = (vec)((n - half + 127) << 23);
    return fma(s, expm1_near_0(a.r), s) * t;
}

// exp(x) - 1 for x <= 88, without the loss near 0
TIDEGATE_INLINE vec vexpm1(vec x) {
    const Reduced a = reduce(clamp(x, -87, 88));
    const vec s = power_of_2(a.shifted);
    return fma(s, expm1_near_0(a.r), s - 1);
}

// 1 / (1 + exp(-x))
TIDEGATE_INLINE vec vsigmoid(vec x) { return reciprocal(1 + exp_inside(-clamp(x, -87, 87))); }

// With m = exp(2x) - 1: m / (m + 2), which keeps its digits near 0. From 9.1 on it rounds to 1.
TIDEGATE_INLINE vec vtanh(vec x) {
    const vec y = clamp(x, -9.1f, 9.1f);
    const Reduced a = reduce(y + y);
    const vec s = power_of_2(a.shifted);
    const vec m = fma(s, expm1_near_0(a.r), s - 1);
    return quotient(m, m + 2);
}

// log(x) for normal numbers: x = 2^n (1 + f) with sqrt(1/2) <= 1 + f < sqrt(2), and log(1 + f) = 2 artanh(f / (2 + f))
TIDEGATE_INLINE vec log_inside(vec x) {
    const ivec n = ((ivec)x - 0x3f3504f3) >> 23;
    const vec f = (vec)((ivec)x - (n << 23)) - 1, e = to_float(n);
    const vec s = f / (f + 2), w = s * s, h = 0.5f * f * f;
    const vec q = fma(fma(all(0.2987711727619171f), w, all(0.39977356791496277f)), w, all(0.6666677594184875f));
    const vec low = fma(s, fma(w, q, h), e * LN2_LOW);
    return fma(e, all(LN2_HIGH), f - (h - low));
}

// log(x), every x
TIDEGATE_INLINE vec vlog(vec x) {
    const ivec small = x < LEAST;
    const vec y = log_inside(select(small, x * 33554432.f, x)) - select(small, all(25 * 0.693147181f), all(0));
    const vec bad = select(x == 0, all(-INFINITE), all(__builtin_nanf("")));
    return select(x > 0, select(x < INFINITE, y, x), bad);
}

// log(1 + x) for 0 <= x <= 1
TIDEGATE_INLINE vec vlog1p(vec x) {
    const vec u = 1 + x;
    return log_inside(u) + (x - (u - 1)) / u;  // what the sum lost in u comes back as a first-order term
}

// log(1 + exp(x))
TIDEGATE_INLINE vec vsoftplus(vec x) { return vmax(all(0), x) + vlog1p(exp_inside(vmax(all(-87), -vabs(x)))); }

// The normal distribution's density (times sqrt(2 pi)) and its share below x. Largest error 3e-7, of 1.
struct Normal {
    vec density, share;
};
TIDEGATE_INLINE Normal vnormal(vec x) {
    const vec z = clamp(x, -13, 13), a = vabs(z);
    const vec d = exp_inside(-0.5f * z * z), t = 1 / fma(a, all(0.3f), all(1));
    vec q = fma(all(0.036088839173316956f), t, all(-0.15893374383449554f));
    q = fma(q, t, all(0.20934641361236572f));
    q = fma(q, t, all(-0.056450121104717255f));
    q = fma(q, t, all(0.13003262877464294f));
    q = fma(q, t, all(0.09946505725383759f));
    q = fma(q, t, all(0.12082631886005402f));
    q = fma(q, t, all(0.1196245402097702f));
    const vec tail = d * q * t;  // beyond |z|, on one side
    return {d, select(z > 0, 1 - tail, tail)};
}

}  // namespace tidegate::TIDEGATE_ISA
