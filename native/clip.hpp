// Twin of src/tidegate/ops/clipping.py: gradients made smaller before the optimizer takes its step.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <utility>
#include <vector>

namespace tidegate {

// Works on chunks of one length of the flat gradient, which threads may share; what is added up is added in the order of the
// chunks, in double, so that the number of threads changes no bit.
class Clip {
  public:
    enum Kind : int { VALUE, NORM, GLOBAL_NORM, NONE };  // as in ops/clipping.py

    Clip() = default;

    // parameters: start and size of each in the gradient, in rising order.
    Clip(Kind kind, double limit, const std::vector<std::pair<int64_t, int64_t>>& parameters, int64_t chunk)
        : kind_(kind), limit_(limit), factors_(parameters.size()) {
        for (size_t k = 0; k < parameters.size(); ++k) {
            const auto [start, size] = parameters[k];
            for (int64_t from = start, to; from < start + size; from = to) {
                to = std::min(start + size, (from / chunk + 1) * chunk);
                while (static_cast<int64_t>(first_.size()) <= from / chunk) first_.push_back(pieces_.size());
                pieces_.push_back({from, to, k});
            }
        }
        first_.push_back(pieces_.size());
    }

    // Whether the whole gradient must be known before any of it is clipped.
    bool waits() const { return kind_ == NORM || kind_ == GLOBAL_NORM; }

    // Clips a chunk by value, or takes its squares for `decide`.
    void look(float* g, int64_t chunk) {
        if (kind_ == NONE) return;
        each_piece(chunk, [&](Piece& p) {
            if (kind_ == VALUE) {
                const float most = static_cast<float>(limit_);
                for (int64_t k = p.from; k < p.to; ++k) g[k] = g[k] < -most ? -most : g[k] > most ? most : g[k];
            } else {
                p.squares = squares(g + p.from, p.to - p.from);
            }
        });
    }

    // After all chunks were looked at: by what each parameter's gradient is multiplied.
    void decide() {
        std::fill(factors_.begin(), factors_.end(), 0.);
        double all = 0;
        for (const Piece& p : pieces_) {
            factors_[p.parameter] += p.squares;
            all += p.squares;
        }
        for (double& f : factors_) {
            const double norm = std::sqrt(kind_ == GLOBAL_NORM ? all : f);
            f = norm <= limit_ ? 1 : limit_ / norm + (kind_ == GLOBAL_NORM ? norm - norm : 0);  // NaN stays visible
        }
    }

    void scale(float* g, int64_t chunk) {
        each_piece(chunk, [&](const Piece& p) {
            if (const float f = static_cast<float>(factors_[p.parameter]); f != 1)
                for (int64_t k = p.from; k < p.to; ++k) g[k] *= f;
        });
    }

  private:
    struct Piece {  // of one parameter, in one chunk
        int64_t from, to;
        size_t parameter;
        double squares = 0;
    };

    template <class F>
    void each_piece(int64_t chunk, F f) {
        if (chunk + 1 >= static_cast<int64_t>(first_.size())) return;
        for (size_t k = first_[chunk]; k < first_[chunk + 1]; ++k) f(pieces_[k]);
    }

    static double squares(const float* g, int64_t n) {
        double s[8] = {};  // eight chains of additions run side by side
        int64_t k = 0;
        for (; k + 8 <= n; k += 8)
            for (int j = 0; j < 8; ++j) s[j] += static_cast<double>(g[k + j]) * g[k + j];
        for (; k < n; ++k) s[0] += static_cast<double>(g[k]) * g[k];
        return ((s[0] + s[1]) + (s[2] + s[3])) + ((s[4] + s[5]) + (s[6] + s[7]));
    }

    Kind kind_ = NONE;
    double limit_ = 0;
    std::vector<Piece> pieces_;
    std::vector<size_t> first_;  // piece of each chunk, and where the last chunk's end
    std::vector<double> factors_;
};

}  // namespace tidegate
