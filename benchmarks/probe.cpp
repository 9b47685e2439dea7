// How fast this machine can be: multiply-adds a second on one core, and bytes a second copied.
// Compiled on the fly for the machine at hand; see probe.py.
#include <chrono>
#include <cstddef>
#include <cstring>

#if defined(__AVX512F__)
constexpr int BYTES = 64, CHAINS = 24;
#elif defined(__AVX__)
constexpr int BYTES = 32, CHAINS = 12;
#else
constexpr int BYTES = 16, CHAINS = 12;
#endif
typedef float V __attribute__((vector_size(BYTES)));

static double now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

// Floating-point operations a second, a multiply-add counted as two. Independent chains fill the pipes, and
// all of them stay in registers; the best of the parts counts, as the others were disturbed.
extern "C" __attribute__((visibility("default"))) double probe_fma(double seconds) {
    V a[CHAINS];
    volatile float seed = 0.5f;
    V m = V{} + seed, c = V{} + seed;
    for (int k = 0; k < CHAINS; ++k) a[k] = V{} + seed + float(k);
    constexpr int LOOPS = 20000;
    double best = 0;
    for (const double end = now() + seconds; now() < end;) {
        const double start = now();
        for (int i = 0; i < LOOPS; ++i) {
#pragma GCC unroll 24
            for (int k = 0; k < CHAINS; ++k) a[k] = a[k] * m + c;
        }
        const double rate = 2.0 * LOOPS * CHAINS * (BYTES / 4) / (now() - start);
        if (rate > best) best = rate;
    }
    V sum = a[0];
    for (int k = 1; k < CHAINS; ++k) sum += a[k];
    volatile float sink = sum[0];
    (void)sink;
    return best;
}

// Bytes a second read and written again, over an area of `size` bytes at each end.
extern "C" __attribute__((visibility("default"))) double probe_copy(char* to, const char* from, size_t size, double seconds) {
    double best = 0;
    for (const double end = now() + seconds; now() < end;) {
        const double start = now();
        std::memcpy(to, from, size);
        asm volatile("" : : "r"(to) : "memory");
        const double rate = 2.0 * double(size) / (now() - start);
        if (rate > best) best = rate;
    }
    return best;
}
