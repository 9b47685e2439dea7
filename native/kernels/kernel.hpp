// The contract between the executor and the kernels: what a kernel is given, and how it is found.
//
// A kernel is a plain single-threaded function on one shard: `rows` samples of a batch. It is given its arrays in the order of
// its NumPy twin in src/tidegate/ops, outputs last but for the work areas:
//   forward : inputs..., output, saved, scratch, panels
//   backward: inputs..., output, dy, saved, scratch, panels, gradients of the inputs...
//   pack    : inputs (parameters alone, others null), panels: zeros before the first time, and the same places written each time
// An array that is absent, or that the op does not read, is null. Gradients are written, not added to. A null dy is the number 1.
//
// Layout: an array of a sample of rank 2 and more lies with its first axis before the samples: (B, T, F) is stored as [T][B][F].
// Parameters lie as in Keras. Scalars (shape ()) are one double. Everything else is float, codes are int32.
#pragma once

#include <cstdint>

namespace tidegate {

struct Args {
    void* const* p;    // arrays
    const int64_t* n;  // whole numbers: Op.numbers
    const double* f;   // floats: Op.numbers
    int64_t rows;      // samples B of this shard
    int64_t row0;      // place of the first in its batch
    int64_t step;      // batches run before

    template <class T = float>
    T* at(int k) const {
        return static_cast<T*>(p[k]);
    }
};

struct Sizes {            // bytes, for so many rows
    int64_t saved = 0;    // what backward finds again
    int64_t scratch = 0;  // work area of one call, forward or backward
    int64_t panels = 0;   // parameters as the kernel wants them, packed once after each update
};

struct Kernel {
    const char* name;
    void (*forward)(const Args&);
    void (*backward)(const Args&) = nullptr;
    void (*pack)(const Args&) = nullptr;
    Sizes (*sizes)(const int64_t* n, const double* f, int64_t rows) = nullptr;
};

// One optimizer step on n parameters p with gradient g and the optimizer's arrays s; twin of UpdateOp.update.
struct Update {
    const char* name;
    void (*run)(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration);
};

struct KernelTable {
    const char* isa;
    int lanes;  // floats of a vector
    const Kernel* kernels;
    int kernel_count;
    const Update* updates;
    int update_count;
    void (*activate)(int code, const float* z, float* a, float* slope, int64_t n);  // for tests of accuracy
};

const KernelTable& kernels_baseline();
const KernelTable& kernels_avx2();
const KernelTable& kernels_avx512();
const KernelTable& kernels_neon();

}  // namespace tidegate
