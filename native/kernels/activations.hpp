// The functions that act on each number by itself, and their slopes: twin of src/tidegate/ops/activations.py, in its order.
//
// activate<CODE>(z) = a and slope<CODE>(z, a) for a code known when compiling; activate(code, z) and slope(code, z, a) otherwise.
// Largest errors: accuracy.hpp.
#pragma once

#include "math.hpp"

namespace tidegate::TIDEGATE_ISA {

struct Act {  // a scope: Act::tanh is an int, the template's argument
    enum : int {
        linear,
        relu,
        sigmoid,
        tanh,
        elu,
        selu,
        softplus,
        softsign,
        exponential,
        hard_sigmoid,
        silu,
        gelu,
        leaky_relu,
        relu6,
        mish,
        hard_silu,
        celu,
        hard_tanh,
        log_sigmoid,
        hard_shrink,
        soft_shrink,
        tanh_shrink,
        squareplus,
        sparse_plus,
        sparse_sigmoid,
        hard_sigmoid_2,
        count
    };
};

inline constexpr float SELU_ALPHA = 1.6732632423543772f, SELU_SCALE = 1.0507009873554805f;
inline constexpr float NORMAL_DENSITY = 0.3989422804014327f;  // 1 / sqrt(2 pi)

TIDEGATE_INLINE vec where(ivec m) { return select(m, all(1), all(0)); }
TIDEGATE_INLINE vec bounded(vec z) {
    return clamp(z, -87, 87);
}  // so that a factor that has become 0 meets no infinity

template <int CODE>
TIDEGATE_INLINE vec activate(vec z) {
    static_assert(CODE >= 0 && CODE < Act::count);
    if constexpr (CODE == Act::linear) return z;
    if constexpr (CODE == Act::relu) return vmax(all(0), z);
    if constexpr (CODE == Act::sigmoid) return vsigmoid(z);
    if constexpr (CODE == Act::tanh) return vtanh(z);
    if constexpr (CODE == Act::elu || CODE == Act::celu) return select(z > 0, z, vexpm1(z));
    if constexpr (CODE == Act::selu) return SELU_SCALE * select(z > 0, z, SELU_ALPHA * vexpm1(z));
    if constexpr (CODE == Act::softplus) return vsoftplus(z);
    if constexpr (CODE == Act::softsign) return z / (1 + vabs(z));
    if constexpr (CODE == Act::exponential) return vexp(z);
    if constexpr (CODE == Act::hard_sigmoid) return clamp(z / 6 + 0.5f, 0, 1);
    if constexpr (CODE == Act::silu) return vmax(all(-87), z) * vsigmoid(z);
    if constexpr (CODE == Act::gelu) return vmax(all(-13), z) * vnormal(z).share;
    if constexpr (CODE == Act::leaky_relu) return select(z > 0, z, 0.2f * z);
    if constexpr (CODE == Act::relu6) return clamp(z, 0, 6);
    if constexpr (CODE == Act::mish) return vmax(all(-87), z) * vtanh(vsoftplus(z));
    if constexpr (CODE == Act::hard_silu) return z * clamp(z / 6 + 0.5f, 0, 1);
    if constexpr (CODE == Act::hard_tanh) return clamp(z, -1, 1);
    if constexpr (CODE == Act::log_sigmoid) return -vsoftplus(-z);
    if constexpr (CODE == Act::hard_shrink) return select(vabs(z) <= 0.5f, all(0), z);
    if constexpr (CODE == Act::soft_shrink) return z - clamp(z, -0.5f, 0.5f);
    if constexpr (CODE == Act::tanh_shrink) return z - vtanh(z);
    if constexpr (CODE == Act::squareplus) return (z + vsqrt(fma(z, z, all(4)))) / 2;
    if constexpr (CODE == Act::sparse_plus) return select(z <= -1, all(0), select(z < 1, (z + 1) * (z + 1) / 4, z));
    if constexpr (CODE == Act::sparse_sigmoid) return clamp((z + 1) / 2, 0, 1);
    if constexpr (CODE == Act::hard_sigmoid_2) return clamp(0.2f * z + 0.5f, 0, 1);
}

template <int CODE>
TIDEGATE_INLINE vec slope(vec z, vec a) {
    static_assert(CODE >= 0 && CODE < Act::count);
    if constexpr (CODE == Act::linear) return all(1);
    if constexpr (CODE == Act::relu) return where(z > 0);
    if constexpr (CODE == Act::sigmoid) return a * (1 - a);
    if constexpr (CODE == Act::tanh) return 1 - a * a;
    if constexpr (CODE == Act::elu || CODE == Act::celu) return select(z > 0, all(1), 1 + a);
    if constexpr (CODE == Act::selu) return select(z > 0, all(SELU_SCALE), a + SELU_SCALE * SELU_ALPHA);
    if constexpr (CODE == Act::softplus) return vsigmoid(z);
    if constexpr (CODE == Act::softsign) return 1 / ((1 + vabs(z)) * (1 + vabs(z)));
    if constexpr (CODE == Act::exponential) return a;
    if constexpr (CODE == Act::hard_sigmoid) return select(vabs(z) < 3, all(1.f / 6), all(0));
    if constexpr (CODE == Act::silu) {
        const vec s = vsigmoid(z);
        return s * (1 + bounded(z) * (1 - s));
    }
    if constexpr (CODE == Act::gelu) {
        const Normal n = vnormal(z);
        return fma(clamp(z, -13, 13) * NORMAL_DENSITY, n.density, n.share);
    }
    if constexpr (CODE == Act::leaky_relu) return select(z > 0, all(1), all(0.2f));
    if constexpr (CODE == Act::relu6) return where((z > 0) & (z < 6));
    if constexpr (CODE == Act::mish) {
        const vec t = vtanh(vsoftplus(z));
        return fma(bounded(z) * (1 - t * t), vsigmoid(z), t);
    }
    if constexpr (CODE == Act::hard_silu) return clamp(z / 6 + 0.5f, 0, 1) + select(vabs(z) < 3, z / 6, all(0));
    if constexpr (CODE == Act::hard_tanh) return where(vabs(z) < 1);
    if constexpr (CODE == Act::log_sigmoid) return vsigmoid(-z);
    if constexpr (CODE == Act::hard_shrink || CODE == Act::soft_shrink) return where(vabs(z) > 0.5f);
    if constexpr (CODE == Act::tanh_shrink) {
        const vec t = vtanh(z);
        return t * t;
    }
    if constexpr (CODE == Act::squareplus) return (1 + z / vsqrt(fma(z, z, all(4)))) / 2;
    if constexpr (CODE == Act::sparse_plus) return clamp((z + 1) / 2, 0, 1);
    if constexpr (CODE == Act::sparse_sigmoid) return select(vabs(z) < 1, all(0.5f), all(0));
    if constexpr (CODE == Act::hard_sigmoid_2) return select(vabs(z) < 2.5f, all(0.2f), all(0));
}

template <int CODE>
struct Known {};

// f(Known<CODE>{}) for a code known only at run time: with_code(code, [&]<int CODE>(Known<CODE>) { ... activate<CODE>(z) ... }).
template <int CODE = 0, class F>
TIDEGATE_INLINE auto with_code(int code, F f) {
    if constexpr (CODE + 1 < Act::count) {
        if (code != CODE) return with_code<CODE + 1>(code, f);
    }
    return f(Known<CODE>{});
}

__attribute__((noinline)) static vec activate(int code, vec z) {
    return with_code(code, [&]<int CODE>(Known<CODE>) { return activate<CODE>(z); });
}
__attribute__((noinline)) static vec slope(int code, vec z, vec a) {
    return with_code(code, [&]<int CODE>(Known<CODE>) { return slope<CODE>(z, a); });
}

}  // namespace tidegate::TIDEGATE_ISA
