// How near the SIMD functions of math.hpp come to the true value. Tests read these numbers through the module's ACCURACY.
#pragma once

namespace tidegate {

struct Accuracy {
    const char* name;  // of the activation; "log" for the logarithm
    double max_ulp;    // largest error over [low, high], in units in the last place of the true value
    double low, high;
};

// Beyond the range: exp gives 0 (flushed to it below the smallest normal number) and infinity; sigmoid and tanh their limits
// within 2e-38; log gives -infinity at 0 and NaN below. NaN stays NaN.
inline constexpr Accuracy EXP = {"exponential", 1.2, -87.3, 88.7};
inline constexpr Accuracy SIGMOID = {"sigmoid", 6.5, -87, 87};
inline constexpr Accuracy TANH = {"tanh", 5, -20, 20};
inline constexpr Accuracy SOFTPLUS = {"softplus", 2.2, -80, 80};
inline constexpr Accuracy LOG = {"log", 1, 1.2e-38, 3.4e38};
inline constexpr Accuracy ACCURACY[] = {EXP, SIGMOID, TANH, SOFTPLUS, LOG};

// Of every activation and every slope over [-20, 20]: |error| <= ACTIVATION_ERROR * max(1, |true value|).
inline constexpr double ACTIVATION_ERROR = 3e-6;

}  // namespace tidegate
