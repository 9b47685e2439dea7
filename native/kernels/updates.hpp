// Twins of src/tidegate/ops/updates.py: one optimizer step, in place, in float; what depends on the iteration alone in double.
#pragma once

#include <cmath>

#include "simd.hpp"

namespace tidegate::TIDEGATE_ISA {

// p (n) and s[0] = m (n) are updated; g (n). f: momentum, nesterov. Without momentum there is no m.
inline void sgd(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec rate = all(static_cast<float>(lr)), momentum = all(static_cast<float>(f[0]));
    if (f[0] == 0) {
        map2(p, g, p, n, [&](vec x, vec d) { return x - rate * d; });
        return;
    }
    float* m = s[0];
    map2(m, g, m, n, [&](vec v, vec d) { return momentum * v - rate * d; });
    if (f[1] == 0) {
        map2(p, m, p, n, [](vec x, vec v) { return x + v; });
        return;
    }
    map2(p, m, p, n, [&](vec x, vec v) { return x + momentum * v; });
    map2(p, g, p, n, [&](vec x, vec d) { return x - rate * d; });
}

// f(k, part) for runs of whole vectors, with part = LANES, and for the rest, with part < LANES.
template <class F>
TIDEGATE_INLINE void each_vector(int64_t n, F f) {
    int64_t k = 0;
    for (; k + LANES <= n; k += LANES)
        f([k](const float* x) { return load(x + k); }, [k](float* x, vec v) { store(x + k, v); });
    if (const int64_t m = n - k; m > 0)
        f([k, m](const float* x) { return load_part(x + k, m); }, [k, m](float* x, vec v) { store_part(x + k, v, m); });
}

// p, s[0] = m, s[1] = v and with amsgrad s[2] = largest v (n) are updated; g (n). f: beta_1, beta_2, epsilon, amsgrad.
inline void adam(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration) {
    const double t = static_cast<double>(iteration + 1);
    const vec alpha = all(static_cast<float>(lr * std::sqrt(1 - std::pow(f[1], t)) / (1 - std::pow(f[0], t))));
    const vec a = all(static_cast<float>(1 - f[0])), b = all(static_cast<float>(1 - f[1])),
              epsilon = all(static_cast<float>(f[2]));
    const bool largest = f[3] != 0;
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), m0 = get(s[0]), v0 = get(s[1]);
        const vec m = m0 + (d - m0) * a, v = v0 + (d * d - v0) * b;
        put(s[0], m);
        put(s[1], v);
        vec below = v;
        if (largest) {
            below = vmax(get(s[2]), v);
            put(s[2], below);
        }
        put(p, get(p) - m * alpha / (vsqrt(below) + epsilon));
    });
}

// p, s[0] = m, s[1] = v and s[2] = the product of u (n) are updated; g (n). f: beta_1, beta_2, epsilon.
inline void nadam(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration) {
    const double t = static_cast<double>(iteration + 1);
    const double u = f[0] * (1 - 0.5 * std::pow(0.96, t)), after = f[0] * (1 - 0.5 * std::pow(0.96, t + 1));
    const vec now = all(static_cast<float>(u)), next = all(static_cast<float>(after)), one = all(1);
    const vec a = all(static_cast<float>(1 - f[0])), b = all(static_cast<float>(1 - f[1])),
              epsilon = all(static_cast<float>(f[2])), rate = all(static_cast<float>(lr)),
              grown = all(static_cast<float>(1 - std::pow(f[1], t)));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), m0 = get(s[0]), v0 = get(s[1]), product = get(s[2]) * now;
        const vec m = m0 + (d - m0) * a, v = v0 + (d * d - v0) * b;
        put(s[0], m);
        put(s[1], v);
        put(s[2], product);
        const vec ahead = next * m / (one - product * next) + (one - now) * d / (one - product);
        put(p, get(p) - ahead * rate / (vsqrt(v / grown) + epsilon));
    });
}

// p, s[0] = m and s[1] = u (n) are updated; g (n). f: beta_1, beta_2, epsilon.
inline void adamax(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr,
                   int64_t iteration) {
    const vec rate = all(static_cast<float>(lr / (1 - std::pow(f[0], static_cast<double>(iteration + 1)))));
    const vec a = all(static_cast<float>(1 - f[0])), b = all(static_cast<float>(f[1])),
              epsilon = all(static_cast<float>(f[2]));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), m0 = get(s[0]), m = m0 + (d - m0) * a, u = vmax(b * get(s[1]), vabs(d));
        put(s[0], m);
        put(s[1], u);
        put(p, get(p) - rate * m / (u + epsilon));
    });
}

// p and s[0] = a (n) are updated; g (n). f: initial_accumulator_value, epsilon.
inline void adagrad(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec epsilon = all(static_cast<float>(f[1])), rate = all(static_cast<float>(lr));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), a = get(s[0]) + d * d;
        put(s[0], a);
        put(p, get(p) - rate * d / vsqrt(a + epsilon));
    });
}

// p, s[0] = v and s[1] = a (n) are updated; g (n). f: rho, epsilon.
inline void adadelta(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec rho = all(static_cast<float>(f[0])), rest = all(static_cast<float>(1 - f[0])),
              epsilon = all(static_cast<float>(f[1])), rate = all(static_cast<float>(lr));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), v = rho * get(s[0]) + rest * d * d;
        const vec a = get(s[1]), step = vsqrt(a + epsilon) * d / vsqrt(v + epsilon);
        put(s[0], v);
        put(s[1], rho * a + rest * step * step);
        put(p, get(p) - rate * step);
    });
}

// p and s[0] = m (n) are updated; g (n). f: beta_1, beta_2.
inline void lion(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec keep = all(static_cast<float>(f[0])), take = all(static_cast<float>(1 - f[0])),
              b = all(static_cast<float>(f[1])), rest = all(static_cast<float>(1 - f[1])),
              rate = all(static_cast<float>(lr)), none = all(0);
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), m = get(s[0]), c = keep * m + take * d;
        put(p, get(p) - select(c > none, rate, select(c < none, none - rate, none)));
        put(s[0], b * m + rest * d);
    });
}

// p, s[0] = a and s[1] = z (n) are updated; g (n). f: learning_rate_power, initial_accumulator_value, l1, l2, shrinkage, beta.
inline void ftrl(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const double l2 = f[3] + f[5] / (2 * lr);
    for (int64_t k = 0; k < n; ++k) {
        const double d = g[k], a = s[0][k], grown = a + d * d;
        const double before = std::pow(a, -f[0]), after = std::pow(grown, -f[0]);
        const double z = s[1][k] + d + 2 * f[4] * p[k] - (after - before) / lr * p[k];
        const double cut = z < -f[2] ? -f[2] : z > f[2] ? f[2] : z;
        s[0][k] = static_cast<float>(grown), s[1][k] = static_cast<float>(z);
        p[k] = static_cast<float>((cut - z) / (after / lr + 2 * l2));
    }
}

// Of one whole parameter: p, s[0] = m and s[1] = v (n) are updated; g (n). f: beta_1, beta_2, epsilon.
inline void lamb(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration) {
    const double t = static_cast<double>(iteration + 1), m_all = 1 - std::pow(f[0], t), v_all = 1 - std::pow(f[1], t);
    double weights = 0, steps = 0;
    auto step = [&](int64_t k) { return s[0][k] / m_all / (std::sqrt(s[1][k] / v_all) + f[2]); };
    for (int64_t k = 0; k < n; ++k) {
        s[0][k] += (g[k] - s[0][k]) * static_cast<float>(1 - f[0]);
        s[1][k] += (g[k] * g[k] - s[1][k]) * static_cast<float>(1 - f[1]);
        weights += static_cast<double>(p[k]) * p[k];
        steps += step(k) * step(k);
    }
    const double ratio = weights > 0 && steps > 0 ? std::sqrt(weights / steps) : 1;
    for (int64_t k = 0; k < n; ++k) p[k] -= static_cast<float>(ratio * lr * step(k));
}

// Of one whole parameter: p (n), s[0] = r, s[1] = c and s[2] = v are updated; g (n). f: beta_2_decay, epsilon_1, epsilon_2,
// clip_threshold, rows, columns: the last two axes, rows = 0 of a vector. Of r and c the first n / columns and n / rows are used.
inline void adafactor(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr,
                      int64_t iteration) {
    const double t = static_cast<double>(iteration + 1), take = std::pow(t, f[0]), keep = 1 - take;
    const int64_t rows = static_cast<int64_t>(f[4]), columns = static_cast<int64_t>(f[5]);
    auto square = [&](int64_t k) { return static_cast<double>(g[k]) * g[k] + f[1]; };
    double weights = 0, steps = 0;
    auto look = [&](int64_t k, double v) {
        s[2][k] = static_cast<float>(v);
        weights += static_cast<double>(p[k]) * p[k];
        steps += static_cast<double>(g[k]) * g[k] / v;
    };
    auto row_mean = [&](const float* r) {
        double sum = 0;
        for (int64_t i = 0; i < rows; ++i) sum += r[i];
        return sum / rows;
    };
    // f(k, v) for each number of the parameter, with its mean square from those of its row and its column.
    auto each = [&](auto use) {
        for (int64_t m = 0; m * rows * columns < n; ++m) {
            const float *r = s[0] + m * rows, *c = s[1] + m * columns;
            const double all = row_mean(r);
            for (int64_t i = 0; i < rows; ++i)
                for (int64_t j = 0; j < columns; ++j) use((m * rows + i) * columns + j, r[i] / all * c[j]);
        }
    };
    if (rows == 0) {
        for (int64_t k = 0; k < n; ++k) look(k, keep * s[2][k] + take * square(k));
    } else {
        for (int64_t m = 0; m * rows * columns < n; ++m) {
            const int64_t from = m * rows * columns;
            for (int64_t i = 0; i < rows; ++i) {
                double sum = 0;
                for (int64_t j = 0; j < columns; ++j) sum += square(from + i * columns + j);
                float& r = s[0][m * rows + i];
                r = static_cast<float>(keep * r + take * sum / columns);
            }
            for (int64_t j = 0; j < columns; ++j) {
                double sum = 0;
                for (int64_t i = 0; i < rows; ++i) sum += square(from + i * columns + j);
                float& c = s[1][m * columns + j];
                c = static_cast<float>(keep * c + take * sum / rows);
            }
        }
        each(look);
    }
    const double clipped = std::fmax(1., std::sqrt(steps / n) / f[3]);
    const double rate = std::fmax(f[2], std::sqrt(weights / n)) * std::fmin(lr, 1 / std::sqrt(t)) / clipped;
    auto move = [&](int64_t k, double v) { p[k] -= static_cast<float>(rate * g[k] / std::sqrt(v)); };
    if (rows == 0)
        for (int64_t k = 0; k < n; ++k) move(k, s[2][k]);
    else
        each(move);
}

// x (rows, n) = share x + b (rows, rows) x, some columns after the others; work (rows, rows).
inline void multiply_by(const float* b, float share, float* x, float* work, int64_t rows, int64_t n) {
    const vec keep = all(share);
    for (int64_t from = 0; from < n; from += rows) {
        const int64_t width = rows < n - from ? rows : n - from;
        for (int64_t i = 0; i < rows; ++i) map(x + i * n + from, work + i * width, width, [](vec v) { return v; });
        for (int64_t i = 0; i < rows; ++i) {
            float* to = x + i * n + from;
            map(to, to, width, [&](vec v) { return keep * v; });
            for (int64_t k = 0; k < rows; ++k) {
                const vec factor = all(b[i * rows + k]);
                map2(work + k * width, to, to, width, [&](vec v, vec sum) { return fma(factor, v, sum); });
            }
        }
    }
}

// y (rows, rows) = x xᵀ of x (rows, n).
inline void squared(const float* x, float* y, int64_t rows, int64_t n) {
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j <= i; ++j) {
            vec found = all(0);
            for (int64_t k = 0; k < n; k += LANES)
                found = fma(load_up_to(x + i * n + k, n - k), load_up_to(x + j * n + k, n - k), found);
            y[i * rows + j] = y[j * rows + i] = sum(found);
        }
}

// Of one whole parameter: p (n) and s[0] = m (n) are updated; g (n). f: momentum, nesterov, a, b, c, ns_steps, rms_rate,
// beta_1, beta_2, epsilon, adam_lr_ratio, orthogonal, rows, columns. With orthogonal s[1] to s[3] (n) are work areas, else
// s[1] = v (n) is updated as by adam.
inline void muon(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t iteration) {
    if (f[11] == 0) {
        const double constants[] = {f[7], f[8], f[9], 0};
        return adam(p, g, s, n, constants, lr * f[10], iteration);
    }
    const int64_t across = static_cast<int64_t>(f[12]), along = static_cast<int64_t>(f[13]);
    const int64_t rows = across < along ? across : along, columns = n / rows;
    const float momentum = static_cast<float>(f[0]);
    float *m = s[0], *x = s[1], *a = s[2], *b = s[3];
    double squares = 0;
    auto place = [&](int64_t k) { return across <= along ? k : (k % along) * columns + k / along; };
    for (int64_t k = 0; k < n; ++k) {
        m[k] = momentum * m[k] + g[k];
        const float u = f[1] != 0 ? g[k] + momentum * m[k] : m[k];
        squares += static_cast<double>(u) * u;
        x[place(k)] = u;
    }
    const vec length = all(static_cast<float>(1 / (std::sqrt(squares) + 1e-7)));
    map(x, x, n, [&](vec v) { return v * length; });
    for (int64_t step = 0; step < static_cast<int64_t>(f[5]); ++step) {
        squared(x, a, rows, columns);
        const float second = static_cast<float>(f[3]), third = static_cast<float>(f[4]);
        squared(a, b, rows, rows);  // a is symmetric
        map2(a, b, b, rows * rows, [&](vec v, vec w) { return all(second) * v + all(third) * w; });
        multiply_by(b, static_cast<float>(f[2]), x, a, rows, columns);
    }
    const double scale = f[6] > 0 ? f[6] * std::sqrt(static_cast<double>(columns)) : 1;
    const float rate = static_cast<float>(lr * scale);
    for (int64_t k = 0; k < n; ++k) p[k] -= rate * x[place(k)];
    for (int64_t k = 1; k < 4; ++k) map(s[k], s[k], n, [](vec) { return all(0); });
}

// p, s[0] = z and s[1] = v (n) are updated; g (n). f: beta_1, beta_2, epsilon, warmup_steps.
inline void schedule_free_adamw(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr,
                                int64_t iteration) {
    const double t = static_cast<double>(iteration + 1), share = 1 / t;
    const vec rate = all(static_cast<float>(f[3] > t ? lr * t / f[3] : lr)), epsilon = all(static_cast<float>(f[2]));
    const vec grown = all(static_cast<float>(1 - std::pow(f[1], t))), b = all(static_cast<float>(1 - f[1]));
    const vec mean = all(static_cast<float>(f[0])), rest = all(static_cast<float>(1 - f[0]));
    const vec take = all(static_cast<float>(share)), keep = all(static_cast<float>(1 - share));
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), z0 = get(s[0]), v0 = get(s[1]), v = v0 + (d * d - v0) * b;
        const vec z = z0 - rate * d / (vsqrt(v / grown) + epsilon);
        const vec x = keep * ((get(p) - rest * z0) / mean) + take * z;
        put(s[0], z);
        put(s[1], v);
        put(p, rest * z + mean * x);
    });
}

// p (n) is updated. f: weight_decay.
inline void weight_decay(float* p, const float*, float* const*, int64_t n, const double* f, double lr, int64_t) {
    const vec share = all(static_cast<float>(f[0] * lr));
    map(p, p, n, [&](vec x) { return x - x * share; });
}

// s[0] = mean (n) is updated, and takes the place of p (n) each so many steps. f: momentum, frequency or 0.
inline void average(float* p, const float*, float* const* s, int64_t n, const double* f, double, int64_t iteration) {
    const double momentum = iteration == 0 ? 0 : f[0];
    const vec keep = all(static_cast<float>(momentum)), take = all(static_cast<float>(1 - momentum));
    map2(s[0], p, s[0], n, [&](vec mean, vec x) { return keep * mean + take * x; });
    if (f[1] > 0 && (iteration + 1) % static_cast<int64_t>(f[1]) == 0) map(s[0], p, n, [](vec mean) { return mean; });
}

// p (n) is updated.
inline void non_neg(float* p, const float*, float* const*, int64_t n, const double*, double, int64_t) {
    map(p, p, n, [](vec x) { return vmax(x, all(0)); });
}

// Of one whole parameter: p (n) is updated, seen as (outer, reduced, inner). f: least, most, rate, reduced, inner.
inline void bounded_norm(float* p, const float*, float* const*, int64_t n, const double* f, double, int64_t) {
    const int64_t reduced = static_cast<int64_t>(f[3]), inner = static_cast<int64_t>(f[4]);
    for (int64_t from = 0; from + reduced * inner <= n; from += reduced * inner)
        for (int64_t j = from; j < from + inner; ++j) {
            double squares = 0;
            for (int64_t k = 0; k < reduced; ++k) squares += static_cast<double>(p[j + k * inner]) * p[j + k * inner];
            const double norm = std::sqrt(squares), within = norm < f[0] ? f[0] : norm > f[1] ? f[1] : norm;
            const float factor = static_cast<float>((f[2] * within + (1 - f[2]) * norm) / (1e-7 + norm));
            for (int64_t k = 0; k < reduced; ++k) p[j + k * inner] *= factor;
        }
}

// p and s = v, then m with momentum, then a if centered (n) are updated; g (n). f: rho, momentum, epsilon, centered.
inline void rmsprop(float* p, const float* g, float* const* s, int64_t n, const double* f, double lr, int64_t) {
    const vec rho = all(static_cast<float>(f[0])), rest = all(static_cast<float>(1 - f[0]));
    const vec momentum = all(static_cast<float>(f[1])), epsilon = all(static_cast<float>(f[2])),
              rate = all(static_cast<float>(lr));
    const bool moves = f[1] != 0, centered = f[3] != 0;
    float *v = s[0], *m = moves ? s[1] : nullptr, *mean = centered ? s[moves ? 2 : 1] : nullptr;
    each_vector(n, [&](auto get, auto put) {
        const vec d = get(g), w = rho * get(v) + rest * d * d;
        put(v, w);
        vec below = w + epsilon;
        if (centered) {
            const vec c = rho * get(mean) + rest * d;
            put(mean, c);
            below -= c * c;
        }
        vec step = rate * d / vsqrt(below);
        if (moves) {
            step += momentum * get(m);
            put(m, step);
        }
        put(p, get(p) - step);
    });
}

}  // namespace tidegate::TIDEGATE_ISA
