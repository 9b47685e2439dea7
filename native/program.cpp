#include "program.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <stdexcept>
#include <string>

#include "threads.hpp"

namespace tidegate {

Block::Block(int64_t bytes) : size_(bytes) {
    if (bytes == 0) return;
    void* p = std::aligned_alloc(64, (static_cast<size_t>(bytes) + 63) / 64 * 64);
    if (p == nullptr) throw std::bad_alloc();
    memory_.reset(static_cast<char*>(p));
}
void Block::Free::operator()(char* p) const { std::free(p); }

int64_t Program::bytes() const {
    int64_t sum = gradients_.size();
    for (const Block& a : arenas_) sum += a.size();
    for (const Panels& p : panels_) sum += p.memory.size();
    return sum;
}

// Whether `size` bytes from `offset` on lie within `whole`.
static void within(const char* what, int64_t offset, int64_t size, int64_t whole) {
    if (offset < 0 || size < 0 || offset > whole - size)
        throw std::invalid_argument(std::string(what) + " lies outside the memory of its program");
}

void Program::check() {
    constexpr int64_t number = sizeof(float), most = int64_t{1} << 46;  // bytes; no sum of a few overflows
    for (int64_t size : {arena_bytes, panel_bytes, gradient_size, scalar_count, total_count, capacity, means})
        if (size < 0 || size > most) throw std::invalid_argument("a size of a program is out of range");
    early_panels_ = false;
    for (const Instruction& i : prologue)
        for (const Ref& r : i.refs) early_panels_ |= r.space == PANEL;
    int64_t sizes[SPACES] = {};
    sizes[NOWHERE] = 1, sizes[ARENA] = arena_bytes, sizes[GRADIENT] = gradient_size * number;
    sizes[PANEL] = panel_bytes, sizes[SCALAR] = scalar_count * 8, sizes[TOTAL] = total_count * 8;
    for (auto code : {&pack, &prologue, &body})
        for (const Instruction& i : *code)
            for (const Ref& r : i.refs) {
                const bool shared = r.space == NOWHERE || r.space == ADDRESS || r.space == PANEL;
                if (r.space < 0 || r.space >= SPACES || (r.space == ADDRESS && r.offset == 0) ||
                    (code == &pack && !shared))
                    throw std::invalid_argument("an instruction names no place");
                if (r.space != ADDRESS) within("an array", r.offset, 1, sizes[r.space]);
            }
    size_t behind = 0;  // the last meeting
    for (const Meeting& m : meetings) {
        if (m.at < behind || m.at > body.size()) throw std::invalid_argument("meetings come one after the other");
        behind = m.at;
        for (const Sum& s : m.sums)
            for (int64_t place : {s.from, s.to}) {
                if (s.size < 1 || s.size > most) throw std::invalid_argument("a sum has a size out of range");
                within("a sum", place, s.size * number, arena_bytes);
            }
    }
    auto fits = [&](const char* what, int64_t offset, int64_t steps, int64_t width) {
        if (steps < 1 || width < 1 || steps > most / width || steps * width > most / std::max<int64_t>(capacity, 1))
            throw std::invalid_argument(std::string(what) + " has a size out of range");
        within(what, offset, steps * width * capacity * number, arena_bytes);
    };
    for (const Input& i : inputs) fits("an input", i.offset, i.steps, i.width);
    for (const Output& o : outputs) fits("an output", o.offset, o.steps, o.width);
    for (auto kept : {&states, &writes})
        for (const Kept& k : *kept) {
            if (k.at == nullptr || k.width < 1 || k.width > most / number / std::max<int64_t>(capacity, 1))
                throw std::invalid_argument("a state has no place or a size out of range");
            within("a state", k.offset, k.size(capacity) * number, arena_bytes);
        }
    for (int s : scalars) within("a scalar", s, 1, scalar_count);
    for (const Total& t : totals)
        within("a share", t.share, 1, scalar_count), within("a total", t.total, 1, total_count);
    for (const Pass& p : passes)
        for (const Segment& s : p.segments) within("a run of parameters", s.start, s.size, gradient_size);
    if (means > static_cast<int64_t>(scalars.size())) throw std::invalid_argument("there are fewer scalars than means");
    checked_ = true;
}

// Asks for lines that another core holds, many at once, before they are needed one after the other.
static void fetch(const float* p, int64_t n) {
    for (int64_t k = 0; k < n; k += 64 / sizeof(float)) __builtin_prefetch(p + k, 1);
}

// Keeps the first one in the order of processing, whatever thread found it.
void Program::refuse(int64_t position, size_t input) {
    std::lock_guard<std::mutex> lock(refusing_);
    if (refusal_.position < 0 || position < refusal_.position) refusal_ = {position, input};
}

void Program::pack_panels(Panels& panels) const {
    char* const memory = panels.memory.get();
    if (panels.packed == 0 && panel_bytes > 0) std::memset(memory, 0, panel_bytes);
    for (const Instruction& i : pack) {
        void* p[32];
        for (size_t k = 0; k < i.refs.size(); ++k)
            p[k] = i.refs[k].space == NOWHERE ? nullptr
                   : i.refs[k].space == PANEL ? memory + i.refs[k].offset
                                              : reinterpret_cast<void*>(i.refs[k].offset);
        i.run({p, i.n.data(), i.f.data(), 0, 0, 0});
    }
    panels.packed = weights_;
}

void Program::run_shard(const Batches& b, const Part& part, const Shard& s) {
    const bool early = part.gathers == Part::EARLY;
    const int64_t rows = s.rows;
    if (panels_[s.worker].packed != weights_ && (!early || early_panels_)) pack_panels(panels_[s.worker]);
    char* base[SPACES] = {};
    base[ARENA] = arenas_[meetings.empty() ? s.worker : s.number].get();
    base[GRADIENT] = gradients_.get() + s.number * gradient_size * static_cast<int64_t>(sizeof(float));
    base[PANEL] = panels_[s.worker].memory.get();
    base[SCALAR] = reinterpret_cast<char*>(shard_scalars_.data() + s.number * scalar_count);
    base[TOTAL] = reinterpret_cast<char*>(totals_.data());

    if (part.gathers != Part::NONE) {
        for (size_t k = 0; k < inputs.size(); ++k) {
            if (early && !inputs[k].early) continue;
            const int64_t taken = gather(b.sources[k], inputs[k], b.order ? b.order + s.first : nullptr, s.first, rows,
                                         base[ARENA] + inputs[k].offset);
            if (taken < rows) return refuse(s.first + taken, k);
        }
        for (const Kept& kept : states)
            std::memcpy(base[ARENA] + kept.offset, kept.at + s.row0 * kept.width, kept.size(rows) * sizeof(float));
    }

    auto run = [&](const Instruction& i) {
        void* p[32];
        for (size_t k = 0; k < i.refs.size(); ++k)
            p[k] = i.refs[k].space == NOWHERE
                       ? nullptr
                       : reinterpret_cast<char*>(reinterpret_cast<intptr_t>(base[i.refs[k].space]) + i.refs[k].offset);
        i.run({p, i.n.data(), i.f.data(), i.once ? 1 : rows, s.row0, s.step});
    };
    constexpr double WORTH_A_THREAD = 3e5;  // floating-point operations; below, waking one costs more than it brings
    for (const Instruction* i = part.begin; i < part.end; i += i->together) {
        const bool alone = i->together == 1 || static_cast<double>(rows) * i->flops < WORTH_A_THREAD;
        if (alone)
            for (int j = 0; j < i->together; ++j) run(i[j]);
        else
            parallel_for(s.threads, i->together, [&](int64_t j, int) { run(i[j]); });
    }
    if (!part.last) return;
    for (size_t k = 0; k < outputs.size(); ++k)
        scatter(reinterpret_cast<float*>(base[ARENA] + outputs[k].offset), outputs[k].steps, outputs[k].width, rows,
                b.outputs[k] + s.first * outputs[k].steps * outputs[k].width);
    for (Kept& w : writes)
        if (w.each || s.number == 0)  // what is no sample's own is the same in all shards
            std::memcpy(w.next.data() + (w.each ? s.row0 * w.width : 0), base[ARENA] + w.offset,
                        w.size(rows) * sizeof(float));
}

// Adds the arrays of a meeting up, in the order of the shards, and gives each shard the sum.
void Program::meet(const Meeting& meeting, int64_t shards) {
    auto at = [&](int64_t s, int64_t offset) { return reinterpret_cast<float*>(arenas_[s].get() + offset); };
    for (const Sum& sum : meeting.sums) {
        float* const first = at(0, sum.to);
        std::memmove(first, at(0, sum.from), sum.size * sizeof(float));
        for (int64_t s = 1; s < shards; ++s)
            for (int64_t k = 0; k < sum.size; ++k) first[k] += at(s, sum.from)[k];
        for (int64_t s = 1; s < shards; ++s) std::memcpy(at(s, sum.to), first, sum.size * sizeof(float));
    }
}

// Adds the shards' gradients in their order, clips them and goes over the parameters, chunk by chunk where it can.
void Program::reduce_and_update(const Batches& b, int64_t shards, int64_t iteration, double rate) {
    float* g = reinterpret_cast<float*>(gradients_.get());
    const int64_t chunks = (gradient_size + CHUNK - 1) / CHUNK;
    const int threads = shards > 1 || gradient_size > (1 << 16) ? b.threads : 1;
    const bool due = (iteration + 1) % accumulation == 0;  // else the gradient is only added up
    const int64_t steps = iteration / accumulation;
    auto apply = [&](const Pass& pass, const Segment& seg, int64_t from, int64_t to) {
        float* s[4] = {};
        for (size_t k = 0; k < pass.slots.size(); ++k) s[k] = pass.slots[k] + from;
        float* const p = seg.parameters + (from - seg.start);
        const int64_t n = to - from;
        auto run = [&](float* at) { pass.update->run(at, g + from, s, n, seg.numbers.data(), rate, steps); };
        if (pass.whole || threads == 1) return run(p);
        // Other threads hold what they read of the weights, so each line written has to wait for them. Written by themselves at the
        // end, lines wait together, and nothing else behind them.
        alignas(64) float fresh[CHUNK];
        std::memcpy(fresh, p, n * sizeof(float));
        run(fresh);
        std::memcpy(p, fresh, n * sizeof(float));
    };
    const size_t first =
        std::find_if(passes.begin(), passes.end(), [](const Pass& p) { return p.whole; }) - passes.begin();
    auto over = [&](size_t from, size_t to, int64_t low, int64_t high) {  // passes on one chunk
        for (size_t k = from; k < to; ++k) {
            if (!due && !passes[k].always) continue;
            for (const Segment& seg : passes[k].segments) {
                const int64_t a = std::max(low, seg.start), z = std::min(high, seg.start + seg.size);
                if (a < z) apply(passes[k], seg, a, z);
            }
        }
    };
    const bool waits = due && clip.waits();
    const float share = 1.f / static_cast<float>(accumulation);
    // A thread takes the same run of chunks each time: what it wrote then is in its cache.
    auto each_chunk = [&](auto f) {
        const int64_t run = (chunks + threads - 1) / threads;
        parallel_for(threads, threads, [&](int64_t t, int) {
            for (int64_t c = t * run; c < std::min((t + 1) * run, chunks); ++c) f(c);
        });
    };
    each_chunk([&](int64_t c) {
        const int64_t low = c * CHUNK, high = std::min(low + CHUNK, gradient_size);
        for (int64_t s = 1; s < shards; ++s) fetch(g + s * gradient_size + high, std::min(CHUNK, gradient_size - high));
        for (int64_t s = 1; s < shards; ++s) {
            float* more = g + s * gradient_size;
            for (int64_t k = low; k < high; ++k) {
                g[k] += more[k];
                more[k] = 0;  // so the line goes back whole: one that two caches share takes longer to write
            }
        }
        if (accumulated != nullptr)
            for (int64_t k = low; k < high; ++k) {
                const float sum = g[k] + accumulated[k];
                accumulated[k] = due ? 0 : sum;
                if (due) g[k] = sum * share;
            }
        if (due) clip.look(g, c);
        if (!waits) over(0, first, low, high);
    });
    if (waits) {
        clip.decide();
        each_chunk([&](int64_t c) {
            clip.scale(g, c);
            over(0, first, c * CHUNK, std::min((c + 1) * CHUNK, gradient_size));
        });
    }
    for (size_t k = first; k < passes.size(); ++k) {
        const Pass& pass = passes[k];
        if (!due && !pass.always) continue;
        if (pass.whole)
            parallel_for(threads, static_cast<int64_t>(pass.segments.size()), [&](int64_t i, int) {
                const Segment& seg = pass.segments[i];
                apply(pass, seg, seg.start, seg.start + seg.size);
            });
        else
            each_chunk([&](int64_t c) { over(k, k + 1, c * CHUNK, std::min((c + 1) * CHUNK, gradient_size)); });
    }
}

int64_t Program::run(const Batches& b) {
    using Clock = std::chrono::steady_clock;
    const auto began = Clock::now();
    std::unique_lock<std::mutex> alone(running_, std::try_to_lock);
    if (!alone.owns_lock()) throw std::runtime_error("this program runs already, on another thread");
    if (!checked_) check();
    refusal_ = {};
    FlushToZero flush;
    const int64_t batches = (b.rows - 1) / b.batch + 1;
    const int64_t most = (std::min(b.batch, b.rows) - 1) / b.shard + 1;  // shards of a batch
    constexpr int64_t LIMIT = int64_t{1} << 40;                          // bytes: more is a mistake, not a model
    if (most > LIMIT / 8 / (gradient_size + scalar_count + 1)) throw std::bad_alloc();
    const size_t workers = static_cast<size_t>(std::min<int64_t>({b.threads, most, MOST_THREADS}));
    const size_t arenas = meetings.empty() ? workers : static_cast<size_t>(most);
    while (arenas_.size() < arenas) arenas_.emplace_back(arena_bytes);  // here, where it may throw; touched first by
    while (panels_.size() < workers) panels_.push_back({Block(panel_bytes)});  // who uses it
    if (gradients_.size() < most * gradient_size * static_cast<int64_t>(sizeof(float))) {
        gradients_ = Block(most * gradient_size * static_cast<int64_t>(sizeof(float)));
        std::memset(gradients_.get(), 0, gradients_.size());  // what pads each parameter stays 0
    }
    shard_scalars_.resize(std::max<size_t>(shard_scalars_.size(), most * scalar_count));
    totals_.resize(total_count);
    for (auto kept : {&states, &writes})
        for (const Kept& k : *kept)
            if (k.each && k.rows < std::min(b.batch, b.rows))
                throw std::invalid_argument("a state fits no batch that is cut like this");
    bool assigns = false;  // weights are written, of which panels may have been made
    for (Kept& w : writes) {
        w.next.resize(std::max<size_t>(w.next.size(), w.size(std::min(b.batch, b.rows))));
        assigns |= !w.each;
    }

    bool early = false;
    for (const Input& i : inputs) early |= i.early;
    if (weights_ == 0 || version_ != b.version) ++weights_, version_ = b.version;
    int64_t k = b.start;
    for (const int64_t stop = std::min(b.stop, batches); k < stop;) {
        const int64_t first = k * b.batch, rows = std::min(b.batch, b.rows - first);
        const int64_t shards = (rows + b.shard - 1) / b.shard;
        const int64_t step = b.iteration + k - b.start;
        auto each = [&](const Part& part, int threads) {
            parallel_for(threads, shards, [&](int64_t s, int worker) {
                const int64_t from = s * b.shard, n = std::min(b.shard, rows - from);
                // one shard leaves the other threads to what can run side by side within it
                run_shard(b, part,
                          {first + from, from, n, step, static_cast<int>(s), worker, shards > 1 ? 1 : threads});
            });
        };
        if (!totals.empty()) {
            each({prologue.data(), prologue.data() + prologue.size(), Part::EARLY, false}, early ? b.threads : 1);
            if (refusal_.position >= 0) return -1;
            for (const Total& t : totals) {
                double sum = 0;
                for (int64_t s = 0; s < shards; ++s) sum += shard_scalars_[s * scalar_count + t.share];
                totals_[t.total] = sum;
            }
        }
        Part part{body.data(), body.data(), Part::ALL, false};
        for (const Meeting& m : meetings) {
            part.end = body.data() + m.at;
            each(part, b.threads);
            if (refusal_.position >= 0) return -1;
            meet(m, shards);
            part.begin = part.end, part.gathers = Part::NONE;
        }
        part.end = body.data() + body.size(), part.last = true;
        each(part, b.threads);
        if (refusal_.position >= 0) return -1;
        bool lost = false;  // whether a loss has just become NaN or infinite
        for (size_t i = 0; i < scalars.size(); ++i) {
            double sum = 0;
            for (int64_t s = 0; s < shards; ++s) sum += shard_scalars_[s * scalar_count + scalars[i]];
            b.last[i] = sum;
            const bool mean = static_cast<int64_t>(i) < means;
            lost |= mean && std::isfinite(b.sums[i]) && !std::isfinite(sum);
            b.sums[i] += mean ? sum * static_cast<double>(rows) : sum;
        }
        for (const Kept& w : writes) std::memcpy(w.at, w.next.data(), w.size(rows) * sizeof(float));
        const int64_t behind = std::min<int64_t>(k - b.start, static_cast<int64_t>(b.rates.size()) - 1);
        if (gradient_size > 0) reduce_and_update(b, shards, step, behind < 0 ? 0 : b.rates[behind]);
        if (assigns || !passes.empty()) ++weights_;
        ++k;
        if (lost || std::chrono::duration<double>(Clock::now() - began).count() > b.seconds) break;
    }
    return k;
}

}  // namespace tidegate
