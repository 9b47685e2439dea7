// One vector type at the width of the instruction set being compiled, and the few things that GCC's and Clang's vector extensions
// do not say. Everything that is particular to an instruction set stands in this file.
#pragma once

#include <cstdint>
#include <cstring>
#include <utility>

#if defined(__AVX512F__) || defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define TIDEGATE_INLINE inline __attribute__((always_inline))

namespace tidegate::TIDEGATE_ISA {

#if defined(__AVX512F__)
inline constexpr int LANES = 16;
#elif defined(__AVX2__)
inline constexpr int LANES = 8;
#else
inline constexpr int LANES = 4;
#endif

#if defined(__AVX512F__) || defined(__ARM_NEON)
inline constexpr int REGISTERS = 32;
#else
inline constexpr int REGISTERS = 16;
#endif

typedef float vec __attribute__((vector_size(LANES * 4), may_alias));
typedef int32_t ivec __attribute__((vector_size(LANES * 4), may_alias));

TIDEGATE_INLINE vec load(const float* p) {
    vec v;
    std::memcpy(&v, p, sizeof v);
    return v;
}
TIDEGATE_INLINE void store(float* p, vec v) { std::memcpy(p, &v, sizeof v); }
TIDEGATE_INLINE vec all(float x) { return x - vec{}; }  // 0 + x would be an addition: it makes -0 to 0

// The first n < LANES numbers; the rest reads as 0, and is not written.
TIDEGATE_INLINE vec load_part(const float* p, int64_t n) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_loadu_ps((__mmask16)((1u << n) - 1), p);
#else
    vec v = {};
    for (int64_t k = 0; k < n; ++k) v[k] = p[k];
    return v;
#endif
}
TIDEGATE_INLINE ivec lane_numbers() {
    ivec v;
    for (int k = 0; k < LANES; ++k) v[k] = k;
    return v;
}
// The first n < LANES lanes of v, and `other` in the rest.
TIDEGATE_INLINE vec keep_part(vec v, int64_t n, vec other) {
#if defined(__AVX512F__)
    return (vec)_mm512_mask_mov_ps((__m512)other, (__mmask16)((1u << n) - 1), (__m512)v);
#else
    return lane_numbers() < (int32_t)n ? v : other;
#endif
}
TIDEGATE_INLINE void store_part(float* p, vec v, int64_t n) {
#if defined(__AVX512F__)
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)v);
#else
    for (int64_t k = 0; k < n; ++k) p[k] = v[k];
#endif
}

TIDEGATE_INLINE vec load_up_to(const float* p, int64_t n) { return n >= LANES ? load(p) : load_part(p, n); }
TIDEGATE_INLINE void store_up_to(float* p, vec v, int64_t n) {
    if (n >= LANES)
        store(p, v);
    else
        store_part(p, v, n);
}

TIDEGATE_INLINE vec fma(vec a, vec b, vec c) {
#if defined(__AVX512F__)
    return (vec)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__FMA__)
    return (vec)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#else
    return a * b + c;  // contracted where the machine has it
#endif
}
TIDEGATE_INLINE vec vsqrt(vec a) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_sqrt_ps((__mmask16)-1, (__m512)a);  // GCC 12 warns of the plain one
#elif defined(__AVX2__)
    return (vec)_mm256_sqrt_ps((__m256)a);
#elif defined(__SSE2__)
    return (vec)_mm_sqrt_ps((__m128)a);
#else
    return (vec)vsqrtq_f32((float32x4_t)a);
#endif
}

// 1 / a for normal |a| < 2^126; largest error 2 ulp
TIDEGATE_INLINE vec reciprocal(vec a) {
#if defined(__AVX512F__)
    const vec r = (vec)_mm512_maskz_rcp14_ps(
        0xffff, (__m512)a);  // one Newton step instead of a division, which takes as long as 20 products
    return fma(fma(-a, r, all(1)), r, r);
#else
    return 1 / a;
#endif
}

// a / b for b as above
TIDEGATE_INLINE vec quotient(vec a, vec b) {
#if defined(__AVX512F__)
    const vec r = (vec)_mm512_maskz_rcp14_ps(0xffff, (__m512)b), q = a * r;
    return fma(fma(-b, r, all(1)), q, q);
#else
    return a / b;
#endif
}

// Lane by lane: where m (all ones or zero) a, else b.
TIDEGATE_INLINE vec select(ivec m, vec a, vec b) { return m ? a : b; }
// a < b ? a : b and a > b ? a : b, so that a NaN on either side gives b; in one instruction where there is one.
TIDEGATE_INLINE vec vmin(vec a, vec b) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_min_ps((__mmask16)-1, (__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vec)_mm256_min_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vec)_mm_min_ps((__m128)a, (__m128)b);
#else
    return a < b ? a : b;
#endif
}
TIDEGATE_INLINE vec vmax(vec a, vec b) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_max_ps((__mmask16)-1, (__m512)a, (__m512)b);
#elif defined(__AVX2__)
    return (vec)_mm256_max_ps((__m256)a, (__m256)b);
#elif defined(__SSE2__)
    return (vec)_mm_max_ps((__m128)a, (__m128)b);
#else
    return a > b ? a : b;
#endif
}
TIDEGATE_INLINE vec vabs(vec a) { return (vec)((ivec)a & 0x7fffffff); }
TIDEGATE_INLINE vec to_float(ivec a) { return __builtin_convertvector(a, vec); }
TIDEGATE_INLINE ivec to_int(vec a) { return __builtin_convertvector(a, ivec); }  // towards zero

// Rows that lie side by side in one vector when a block of units is narrower than it: a vector is seen as M parts of LANES / M.
// exchange<2>: (a0 a1) (b0 b1) become (a0 b0) (a1 b1); exchange<4>: four vectors of four parts are transposed. Each undoes itself.
#define TIDEGATE_SHUFFLE(a, b, expression)                                           \
    [&]<int... I>(std::integer_sequence<int, I...>) __attribute__((always_inline)) { \
        constexpr auto index = [](int k) constexpr { return expression; };           \
        return __builtin_shufflevector(a, b, index(I)...);                           \
    }(std::make_integer_sequence<int, LANES>{})

template <int M>
TIDEGATE_INLINE void exchange(vec* v) {
    if constexpr (M == 2) {
        constexpr int H = LANES / 2;
        const vec a = v[0], b = v[1];
        v[0] = TIDEGATE_SHUFFLE(a, b, (k < H ? k : LANES + k - H));
        v[1] = TIDEGATE_SHUFFLE(a, b, (k < H ? H + k : LANES + k));
    }
    if constexpr (M == 4) {
        constexpr int Q = LANES / 4;
        // parts (a0 b0 a1 b1) and (a2 b2 a3 b3) of two vectors, then the same of the results
        const vec ab01 = TIDEGATE_SHUFFLE(v[0], v[1], (k / Q % 2 * LANES + k / Q / 2 * Q + k % Q));
        const vec ab23 = TIDEGATE_SHUFFLE(v[0], v[1], (k / Q % 2 * LANES + (k / Q / 2 + 2) * Q + k % Q));
        const vec cd01 = TIDEGATE_SHUFFLE(v[2], v[3], (k / Q % 2 * LANES + k / Q / 2 * Q + k % Q));
        const vec cd23 = TIDEGATE_SHUFFLE(v[2], v[3], (k / Q % 2 * LANES + (k / Q / 2 + 2) * Q + k % Q));
        v[0] = TIDEGATE_SHUFFLE(ab01, cd01, (k < 2 * Q ? k : LANES + k - 2 * Q));
        v[1] = TIDEGATE_SHUFFLE(ab01, cd01, (k < 2 * Q ? k + 2 * Q : LANES + k));
        v[2] = TIDEGATE_SHUFFLE(ab23, cd23, (k < 2 * Q ? k : LANES + k - 2 * Q));
        v[3] = TIDEGATE_SHUFFLE(ab23, cd23, (k < 2 * Q ? k + 2 * Q : LANES + k));
    }
}

// Whether a table of LANES numbers can be looked up in a register, and this: table[index % LANES], lane by lane.
#if defined(__AVX512F__) || defined(__AVX2__)
inline constexpr bool LOOKS_UP = true;
#else
inline constexpr bool LOOKS_UP = false;
#endif
TIDEGATE_INLINE vec look_up(const float* table, vec index) {
#if defined(__AVX512F__)
    return (vec)_mm512_maskz_permutexvar_ps((__mmask16)-1, (__m512i)index, (__m512)load(table));
#elif defined(__AVX2__)
    return (vec)_mm256_permutevar8x32_ps((__m256)load(table), (__m256i)index);
#else
    vec v;
    for (int k = 0; k < LANES; ++k) v[k] = table[((ivec)index)[k] & (LANES - 1)];
    return v;
#endif
}

template <int S = LANES / 2>
TIDEGATE_INLINE float sum(vec a) {  // by halves
    if constexpr (S == 0)
        return a[0];
    else
        return sum<S / 2>(a + TIDEGATE_SHUFFLE(a, a, ((k + S) % LANES)));
}

TIDEGATE_INLINE float largest(vec a) {
    float s = a[0];
    for (int k = 1; k < LANES; ++k) s = a[k] > s ? a[k] : s;
    return s;
}

// f(vec) over n numbers, whatever n.
template <class F>
TIDEGATE_INLINE void map(const float* x, float* y, int64_t n, F f) {
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES) store(y + k, f(load(x + k)));
    if (k < n) store_part(y + k, f(load_part(x + k, n - k)), n - k);
}
template <class F>
TIDEGATE_INLINE void map2(const float* x, const float* w, float* y, int64_t n, F f) {
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES) store(y + k, f(load(x + k), load(w + k)));
    if (k < n) store_part(y + k, f(load_part(x + k, n - k), load_part(w + k, n - k)), n - k);
}

}  // namespace tidegate::TIDEGATE_ISA
