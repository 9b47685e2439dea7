#include "gather.hpp"

#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace tidegate {
namespace {

struct Range {  // of whole numbers, the end not included
    int64_t low, high;

    template <class From>
    bool holds(From v) const {  // what is cut off behind the point does not count
        if constexpr (std::is_floating_point_v<From>)
            return v > static_cast<double>(low) - 1 && v < static_cast<double>(high);  // NaN is not held
        else
            return std::cmp_greater_equal(v, low) && std::cmp_less(v, high);
    }
};

// y[k] = x[k] for n numbers that lie `stride` bytes apart, 0 for those out of range; returns whether there was none.
template <class From, class To>
bool copy(const char* x, int64_t stride, int64_t n, Range range, To* y) {
    int bad = 0;
    for (int64_t k = 0; k < n; ++k) {
        From v;
        std::memcpy(&v, x + k * stride, sizeof v);  // a memory map may not be aligned
        if constexpr (std::is_same_v<To, float>) {
            y[k] = static_cast<float>(v);
        } else {
            const bool good = range.holds(v);
            bad |= !good;
            y[k] = good ? static_cast<To>(v) : 0;
        }
    }
    return bad == 0;
}

template <class From, class To>
int64_t gather_as(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, To* to) {
    constexpr int64_t size = sizeof(From);
    using Whole = std::numeric_limits<int32_t>;
    constexpr int64_t MOST = int64_t{Whole::max()} + 1;
    const Range range = in.bound > 0 ? Range{0, in.bound} : Range{Whole::min(), MOST};
    for (int64_t r = 0; r < rows; ++r) {
        const int64_t place = places ? places[r] : first + r;  // read once: another thread may write there
        if (place < 0 || place >= s.samples) return r;
        const char* row = s.base + place * s.row_stride;
        for (int64_t t = 0; t < in.steps; ++t) {
            const char* x = row + t * s.step_stride;
            To* y = to + (t * rows + r) * in.width;
            const bool good = s.stride == size ? copy<From>(x, size, in.width, range, y)  // the loop of a known stride
                                               : copy<From>(x, s.stride, in.width, range, y);
            if (!good) return r;
        }
    }
    return rows;
}

template <class To>
int64_t gather_to(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, To* to) {
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
    return 0;
}

}  // namespace

int64_t gather(const Source& s, const Input& in, const int64_t* places, int64_t first, int64_t rows, void* to) {
    return in.whole ? gather_to(s, in, places, first, rows, static_cast<int32_t*>(to))
                    : gather_to(s, in, places, first, rows, static_cast<float*>(to));
}

void scatter(const float* from, int64_t steps, int64_t width, int64_t rows, float* to) {
    if (rows == 1 || steps == 1) {
        std::memcpy(to, from, rows * steps * width * sizeof(float));
        return;
    }
    for (int64_t r = 0; r < rows; ++r)
        for (int64_t t = 0; t < steps; ++t)
            std::memcpy(to + (r * steps + t) * width, from + (t * rows + r) * width, width * sizeof(float));
}

}  // namespace tidegate
