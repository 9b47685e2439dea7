#include "gather.hpp"

#include <cstring>

namespace tidegate {
namespace {

template <class From, class To>
void gather_as(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, To* to) {
    const bool dense = s.stride == static_cast<int64_t>(sizeof(From));
    for (int64_t r = 0; r < rows; ++r) {
        const char* row = s.base + (places ? places[r] : first + r) * s.row_stride;
        for (int64_t t = 0; t < in.steps; ++t) {
            const char* x = row + t * s.step_stride;
            To* y = to + (t * rows + r) * in.width;
            if (dense) {
                const From* from = reinterpret_cast<const From*>(x);
                for (int64_t k = 0; k < in.width; ++k) {
                    From v;
                    std::memcpy(&v, from + k, sizeof v);  // a memory map may not be aligned
                    y[k] = static_cast<To>(v);
                }
            } else {
                for (int64_t k = 0; k < in.width; ++k) {
                    From v;
                    std::memcpy(&v, x + k * s.stride, sizeof v);
                    y[k] = static_cast<To>(v);
                }
            }
        }
    }
}

template <class To>
void gather_to(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, To* to) {
    switch (s.type) {
        case Type::f32: return gather_as<float>(s, in, places, first, rows, to);
        case Type::f64: return gather_as<double>(s, in, places, first, rows, to);
        case Type::i8: return gather_as<int8_t>(s, in, places, first, rows, to);
        case Type::u8: return gather_as<uint8_t>(s, in, places, first, rows, to);
        case Type::i16: return gather_as<int16_t>(s, in, places, first, rows, to);
        case Type::u16: return gather_as<uint16_t>(s, in, places, first, rows, to);
        case Type::i32: return gather_as<int32_t>(s, in, places, first, rows, to);
        case Type::u32: return gather_as<uint32_t>(s, in, places, first, rows, to);
        case Type::i64: return gather_as<int64_t>(s, in, places, first, rows, to);
        case Type::u64: return gather_as<uint64_t>(s, in, places, first, rows, to);
    }
}

}  // namespace

void gather(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, void* to) {
    if (in.whole)
        gather_to(s, in, places, first, rows, static_cast<int32_t*>(to));
    else
        gather_to(s, in, places, first, rows, static_cast<float*>(to));
}

void scatter(const float* from, int64_t steps, int64_t width, int64_t rows, float* to) {
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t t = 0; t < steps; ++t)
            std::memcpy(to + (r * steps + t) * width, from + (t * rows + r) * width, width * sizeof(float));
}

}  // namespace tidegate
