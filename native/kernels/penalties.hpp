// Twins of src/tidegate/ops/penalties.py. Terms in float, sums in double; orthogonality in double.
#pragma once

#include <cmath>

#include "kernel.hpp"
#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// Numbers of x; n: numbers of a sample or of a weight, 1 for samples.
inline int64_t l1_l2_count(const Args& a) { return a.n[1] != 0 ? a.rows * a.n[0] : a.n[0]; }

// f: l1, l2. x (...); out s, one double.
inline void l1_l2_forward(const Args& a) {
    const float* x = a.at(0);
    const int64_t n = l1_l2_count(a);
    double sizes[8] = {}, squares[8] = {};  // eight chains of additions run side by side
    for (int64_t k = 0; k < n; k += 8)
        for (int64_t j = 0; j < 8 && k + j < n; ++j) {
            sizes[j] += std::fabs(x[k + j]);
            squares[j] += static_cast<double>(x[k + j]) * x[k + j];
        }
    double s = 0;
    for (int j = 0; j < 8; ++j) s += a.f[0] * sizes[j] + a.f[1] * squares[j];
    *a.at<double>(1) = s;  // 1
}

// x (...), s null, ds one double or null for 1; out dx (...) or null.
inline void l1_l2_backward(const Args& a) {
    const double ds = a.at(2) == nullptr ? 1 : *a.at<double>(2);
    const vec sign = all(static_cast<float>(ds * a.f[0])), twice = all(static_cast<float>(2 * ds * a.f[1]));
    if (a.at(6) == nullptr) return;
    map(a.at(0), a.at(6), l1_l2_count(a), [&](vec x) {
        const vec s = select(x > all(0), sign, select(x < all(0), all(0) - sign, all(0)));
        return s + twice * x;
    });  // undo 1
}

// n: R, C, 1 for columns. The numbers of vector i are those of row (or column) i, each `step` after the one before.
struct Vectors {
    int64_t count, size, stride, step;
    explicit Vectors(const int64_t* n)
        : count(n[2] != 0 ? n[1] : n[0]),
          size(n[2] != 0 ? n[0] : n[1]),
          stride(n[2] != 0 ? 1 : n[1]),
          step(n[2] != 0 ? n[1] : 1) {}
    double dot(const float* w, int64_t i, int64_t j) const {
        double s = 0;
        for (int64_t k = 0; k < size; ++k)
            s += static_cast<double>(w[i * stride + k * step]) * w[j * stride + k * step];
        return s;
    }
    double length(const float* w, int64_t i) const {
        const double s = std::sqrt(dot(w, i, i));
        return s == 0 ? 1 : s;
    }
    double pairs() const { return static_cast<double>(count) * (count - 1) / 2; }
};

// scratch: the length of each vector, then one vector of gradients.
inline Sizes orthogonality_sizes(const int64_t* n, const double*, int64_t) {
    return {.scratch = static_cast<int64_t>(sizeof(double)) * (Vectors(n).count + Vectors(n).size)};
}

// f: factor. w (R, C); out s, one double.
inline void orthogonality_forward(const Args& a) {
    const float* w = a.at(0);
    const Vectors v(a.n);
    double* length = a.at<double>(3);
    double s = 0;
    for (int64_t i = 0; i < v.count; ++i) {
        length[i] = v.length(w, i);                                                                // 1
        for (int64_t j = 0; j < i; ++j) s += std::fabs(v.dot(w, i, j)) / (length[i] * length[j]);  // 2
    }
    *a.at<double>(1) = a.f[0] * s / v.pairs();  // 3
}

// w (R, C), s null, ds one double or null for 1; out dw (R, C) or null.
inline void orthogonality_backward(const Args& a) {
    const float* w = a.at(0);
    const Vectors v(a.n);
    float* dw = a.at(6);
    if (dw == nullptr) return;
    double *length = a.at<double>(4), *du = length + v.count;
    const double share = (a.at(2) == nullptr ? 1 : *a.at<double>(2)) * a.f[0] / v.pairs();
    for (int64_t i = 0; i < v.count; ++i) length[i] = v.length(w, i);
    for (int64_t i = 0; i < v.count; ++i) {
        for (int64_t k = 0; k < v.size; ++k) du[k] = 0;
        for (int64_t j = 0; j < v.count; ++j) {
            const double d = i == j ? 0 : v.dot(w, i, j);
            const double g = d > 0 ? share / length[j] : d < 0 ? -share / length[j] : 0;  // undo 3, 2
            for (int64_t k = 0; g != 0 && k < v.size; ++k) du[k] += g * w[j * v.stride + k * v.step];
        }
        double along = 0;
        for (int64_t k = 0; k < v.size; ++k) along += du[k] * w[i * v.stride + k * v.step] / length[i];
        for (int64_t k = 0; k < v.size; ++k) {
            const double u = w[i * v.stride + k * v.step] / length[i];
            dw[i * v.stride + k * v.step] = static_cast<float>((du[k] - u * along) / length[i]);  // undo 1
        }
    }
}

// n: 1 where s is a float. s one number; out y, one double.
inline void couple_forward(const Args& a) { *a.at<double>(1) = a.n[0] != 0 ? *a.at(0) : *a.at<double>(0); }
inline void once_forward(const Args& a) {
    couple_forward(a);
    if (a.row0 != 0) *a.at<double>(1) = 0;
}

// s and y null, dy one double or null for 1; out ds, one number.
inline void pass_back(const Args& a, double ds) {
    if (a.n[0] != 0)
        *a.at(6) = static_cast<float>(ds);
    else
        *a.at<double>(6) = ds;
}
inline void couple_backward(const Args& a) { pass_back(a, a.at(2) == nullptr ? 1 : *a.at<double>(2)); }
inline void once_backward(const Args& a) { pass_back(a, a.row0 != 0 ? 0 : a.at(2) == nullptr ? 1 : *a.at<double>(2)); }

// s, total, one double each; out y, one double.
inline void ratio_forward(const Args& a) {
    const double total = *a.at<double>(1);
    *a.at<double>(2) = total != 0 ? *a.at<double>(0) / total : 0;  // 1
}

// s null, total one double, y null, dy one double or null for 1; out ds, one double, none for total.
inline void ratio_backward(const Args& a) {
    const double total = *a.at<double>(1);
    *a.at<double>(7) = total != 0 ? (a.at(3) == nullptr ? 1 : *a.at<double>(3)) / total : 0;  // undo 1
}

}  // namespace tidegate::TIDEGATE_ISA
