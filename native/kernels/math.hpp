// Exponential, logarithm and their kin for one vector. Largest errors and ranges: accuracy.hpp.
//
// Each takes NaN to NaN and never traps. Polynomials were fitted to the smallest largest relative error.
#pragma once

#include "accuracy.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

inline constexpr float LOG2_E = 1.44269504f, LN2 = 0.693147182f, LN2_EXCESS = 1.9046543e-9f;  // LN2 - LN2_EXCESS = ln 2
inline constexpr float LN2_HIGH = 0.693145752f, LN2_LOW = 1.42860677e-6f;  // its sum in two; n * LN2_HIGH is exact
inline constexpr float MAGIC =
    12582912.f;  // 1.5 * 2^23: adding it rounds to a whole number, which then stands in the low bits
inline constexpr float LEAST = 1.17549435e-38f, INFINITE = __builtin_inff();

TIDEGATE_INLINE vec clamp(vec x, float low, float high) { return vmin(all(high), vmax(all(low), x)); }  // NaN passes

// How many parts an octave has. Where a table can be looked up in a register, x = n ln 2 / PARTS + r leaves so small an r that a
// short polynomial does; the table holds the roots of 2.
inline constexpr int PARTS = LOOKS_UP ? LANES : 1, PART_BITS = PARTS == 16 ? 4 : PARTS == 8 ? 3 : 0;

// Bits of the float nearest to 2^(k/16), less k << 19, which n << 19 adds; and how far its logarithm lies from k/16 ln 2.
inline constexpr uint32_t ROOT_BITS[16] = {0x3f800000, 0x3f7daac3, 0x3f7b95c2, 0x3f79c3d3, 0x3f7837f0, 0x3f76f532,
                                           0x3f75fed7, 0x3f75583f, 0x3f7504f3, 0x3f7508a4, 0x3f75672a, 0x3f76248c,
                                           0x3f7744fd, 0x3f78ccdf, 0x3f7ac0c7, 0x3f7d257d};
inline constexpr float ROOT_EXCESS[16] = {0,
                                          -4.6285469739766344e-08f,
                                          1.1992157159655662e-08f,
                                          -4.729782250079352e-08f,
                                          -3.1934180351336426e-08f,
                                          -3.621057248785556e-08f,
                                          3.099072123852053e-08f,
                                          7.475213194423326e-09f,
                                          -1.7114271182249522e-08f,
                                          3.0476834700295344e-08f,
                                          -5.233334236117667e-09f,
                                          -6.107591603444816e-09f,
                                          1.471960554852081e-08f,
                                          5.258795135010095e-09f,
                                          6.128259842925524e-09f,
                                          -5.140609201098218e-09f};
struct Roots {  // those of this PARTS
    alignas(64) float bits[LANES] = {}, excess[LANES] = {};
    constexpr Roots() {
        for (int k = 0; k < PARTS; ++k) {
            bits[k] = __builtin_bit_cast(float, ROOT_BITS[k * 16 / PARTS]);
            excess[k] = ROOT_EXCESS[k * 16 / PARTS];
        }
    }
};
inline constexpr Roots ROOTS;

// exp(x) = s + s p for |x| <= 87.3; `shifted` is n + MAGIC.
struct ExpParts {
    vec shifted, s, p;
};
// What is asked of it: SHARE, what a sigmoid needs; DIGITS, that s + s p - 1 keeps its digits near x = 0; ALL, that none is lost
// where |x| is large either.
enum : int { SHARE, DIGITS, ALL };
template <int NEED>
TIDEGATE_INLINE ExpParts exp_parts(vec x) {
    const vec shifted = fma(x, all(PARTS * LOG2_E), all(MAGIC));
    const vec n = shifted - MAGIC;
    if constexpr (LOOKS_UP) {
        vec r = fma(n, all(-LN2 / PARTS), x);
        if constexpr (NEED >= ALL) r = fma(n, all(LN2_EXCESS / PARTS), r);
        vec first = r;
        if constexpr (NEED >= DIGITS) first -= look_up(ROOTS.excess, shifted);
        vec more = PARTS == 16 ? fma(all(1.6667057573795319e-1f), r, all(5.000146627426147e-1f))
                               : fma(fma(all(4.167035222053528e-2f), r, all(1.6667962074279785e-1f)), r, all(0.5f));
        const ivec s = ((ivec)shifted << (23 - PART_BITS)) + (ivec)look_up(ROOTS.bits, shifted);
        return {shifted, (vec)s, fma(more, r * r, first)};
    }
    const vec r = fma(n, all(-LN2_LOW), fma(n, all(-LN2_HIGH), x)), r2 = r * r;  // two chains side by side
    const vec low = fma(all(1.666651964187622e-1f), r, all(4.999999403953552e-1f));
    const vec high =
        fma(all(1.3814173871651292e-3f), r2, fma(all(8.368921466171741e-3f), r, all(4.166840761899948e-2f)));
    return {shifted, (vec)(((ivec)shifted << 23) + 0x3f800000), fma(fma(high, r2, low), r2, r)};
}

// exp(x) for |x| <= 87.3, where the power of 2 is one normal number
TIDEGATE_INLINE vec exp_inside(vec x) {
    const ExpParts a = exp_parts<ALL>(x);
    return fma(a.s, a.p, a.s);
}

// exp(x), every x
TIDEGATE_INLINE vec vexp(vec x) {
    const ExpParts a = exp_parts<ALL>(clamp(x, -104, 89));
    const ivec half =
        ((ivec)a.shifted << 9) >> (10 + PART_BITS);  // two factors: 2^128 and 2^-140 are no normal numbers
    const vec s = (vec)((ivec)a.s - (half << 23)), t = (vec)((half + 127) << 23);
    return fma(s, a.p, s) * t;
}

// exp(x) - 1 for x <= 88, without the loss near 0
TIDEGATE_INLINE vec vexpm1(vec x) {
    const ExpParts a = exp_parts<ALL>(clamp(x, -87, 88));
    return fma(a.s, a.p, a.s - 1);
}

// 1 / (1 + exp(-x))
TIDEGATE_INLINE vec vsigmoid(vec x) {
    const ExpParts a = exp_parts<SHARE>(-clamp(x, -87, 87));
    return reciprocal(fma(a.s, a.p, a.s + 1));
}

// With m = exp(2x) - 1: m / (m + 2), which keeps its digits near 0. From 9.1 on it rounds to 1.
TIDEGATE_INLINE vec vtanh(vec x) {
    const vec y = clamp(x, -9.1f, 9.1f);
    const ExpParts a = exp_parts<DIGITS>(y + y);
    const vec m = fma(a.s, a.p, a.s - 1);
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
