// Samples of a user's arrays, of any numeric type and strides, brought into the layout of the kernels, and back.
#pragma once

#include <cstdint>

namespace tidegate {

enum class Type : int { f32, f64, i8, u8, i16, u16, i32, u32, i64, u64 };

// One array, samples on its first axis. A sample is `steps` blocks of `width` numbers.
struct Source {
    const char* base;
    Type type;
    int64_t samples;
    int64_t row_stride, step_stride, stride;  // in bytes: from sample to sample, block to block, number to number
};

// What an input of a plan looks like for one sample, and where it goes: [steps][rows][width].
struct Input {
    int64_t offset;  // in the arena
    int64_t steps, width;
    bool whole;     // int32 numbers rather than float
    int64_t bound;  // of whole numbers: they lie in [0, bound); 0 for any that int32 holds
    bool early;     // needed before the totals of a batch are known
};

// to [steps][rows][width]: samples places[0..rows), or first, first + 1, ... where `places` is null. Nothing outside the source is
// read. Returns `rows`, or the first row that is refused: its place names no sample, or it holds a number outside the bound, which
// a kernel that looks rows up by it must never see.
int64_t gather(const Source& from, const Input& input, const int64_t* places, int64_t first, int64_t rows, void* to);

// from [steps][rows][width] to [rows][steps][width].
void scatter(const float* from, int64_t steps, int64_t width, int64_t rows, float* to);

}  // namespace tidegate
