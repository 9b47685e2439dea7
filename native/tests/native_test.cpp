// What the engine does without Python, run under sanitizers by `make sanitize`: threads, the replay of a program, the gathering.
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <thread>
#include <vector>

#include "gather.hpp"
#include "program.hpp"
#include "threads.hpp"

using namespace tidegate;

#define EXPECT(truth)                                                       \
    do {                                                                    \
        if (!(truth)) {                                                     \
            std::printf("%s:%d: not so: %s\n", __FILE__, __LINE__, #truth); \
            std::exit(1);                                                   \
        }                                                                   \
    } while (false)

namespace {

std::vector<const KernelTable*> tables() {
    std::vector<const KernelTable*> found;
#ifdef TIDEGATE_HAVE_BASELINE
    found.push_back(&kernels_baseline());
#endif
#ifdef TIDEGATE_HAVE_NEON
    found.push_back(&kernels_neon());
#endif
#ifdef TIDEGATE_HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&kernels_avx2());
#endif
#ifdef TIDEGATE_HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        found.push_back(&kernels_avx512());
#endif
    return found;
}

const Kernel& find(const KernelTable& t, const char* name) {
    for (int k = 0; k < t.kernel_count; ++k)
        if (std::strcmp(t.kernels[k].name, name) == 0) return t.kernels[k];
    std::abort();
}

// y = x W, the loss is the sum of y over all samples, W goes against its gradient, the sum of x: numbers that float holds exactly.
struct Model {
    static constexpr int64_t F = 17, N = 5, SHARD = 3, SIZE = F * N;
    std::vector<float> W = std::vector<float>(SIZE, 1);
    Program p;

    explicit Model(const KernelTable& t) {
        const Kernel &dense = find(t, "dense"), &sum = find(t, "weighted_sum"), &count = find(t, "count");
        std::vector<int64_t> n{1, F, N, 1};
        n.resize(16);
        const Sizes s = dense.sizes(n.data(), nullptr, SHARD);
        int64_t end = 0;
        auto arena = [&](int64_t bytes) {
            end += (bytes + 63) / 64 * 64;
            return Ref{ARENA, end - (bytes + 63) / 64 * 64};
        };
        const Ref none{NOWHERE, 0}, w{ADDRESS, reinterpret_cast<int64_t>(W.data())}, panels{PANEL, 0};
        const Ref x = arena(SHARD * F * 4), y = arena(SHARD * N * 4), dy = arena(SHARD * N * 4);
        const Ref saved = arena(s.saved), scratch = arena(s.scratch);
        const std::vector<int64_t> numbers{N, 0, 0, 0}, one{1, 0, 0, 0};
        p.prologue.push_back({count.forward, {{SCALAR, 8}, none, none, none}, one, {}});
        p.pack.push_back({dense.pack, {none, w, none, panels}, n, {}});
        p.body.push_back({count.forward, {{SCALAR, 8}, none, none, none}, one, {}});
        p.body.push_back({dense.forward, {x, w, none, y, saved, scratch, panels}, n, {}});
        p.body.push_back({sum.forward, {y, none, none, {SCALAR, 0}, none, none, none}, numbers, {1.}});
        p.body.push_back(
            {sum.backward, {none, none, none, {SCALAR, 0}, none, none, none, none, dy, none, none}, numbers, {1.}});
        p.body.push_back(
            {dense.backward, {x, w, none, none, dy, saved, scratch, panels, none, {GRADIENT, 0}, none}, n, {}});
        p.inputs.push_back({x.offset, 1, F, false, 0, true});
        p.outputs.push_back({y.offset, 1, N});
        p.totals.push_back({1, 0});
        p.scalars = {0};
        p.arena_bytes = end, p.capacity = SHARD, p.gradient_size = SIZE, p.panel_bytes = s.panels;
        p.scalar_count = 2, p.total_count = 1;
        for (int k = 0; k < t.update_count; ++k)
            if (std::strcmp(t.updates[k].name, "sgd") == 0)
                p.passes.push_back({&t.updates[k], {}, false, false, {{W.data(), 0, SIZE, {0, 0}}}});
    }

    int64_t run(const std::vector<int8_t>& x, int64_t batch, int threads, std::vector<float>& y, double& sum,
                const int64_t* order = nullptr) {
        const int64_t rows = static_cast<int64_t>(x.size()) / F;
        double last = 0;
        Batches b{};
        b.sources = {{reinterpret_cast<const char*>(x.data()), Type::i8, rows, F, F, 1}};
        b.rows = rows, b.batch = batch, b.shard = SHARD, b.order = order, b.stop = 1 << 20;
        y.assign(rows * N, 0);
        b.sums = &sum, b.last = &last, b.outputs = {y.data()};
        b.rates = {1. / 1024}, b.seconds = 1e9, b.threads = threads;
        return p.run(b);
    }
};

std::vector<int8_t> samples(int64_t rows) {
    std::vector<int8_t> x(rows * Model::F);
    for (size_t k = 0; k < x.size(); ++k) x[k] = static_cast<int8_t>(k * 7 % 5) - 2;
    return x;
}

void tasks_are_done_once() {
    for (int round = 0; round < 300; ++round)
        for (int threads : {1, 2, 3, 8})
            for (int64_t tasks : {0, 1, 2, 7, 64}) {
                std::vector<int> done(tasks), busy(threads);  // plain: two threads at one place would be seen
                parallel_for(threads, tasks, [&](int64_t k, int worker) {
                    ++busy[worker];
                    ++done[k];
                    --busy[worker];
                });
                for (int d : done) EXPECT(d == 1);
            }
}

void several_callers_share_the_threads() {
    std::vector<std::thread> callers;
    std::atomic<int64_t> sum{0};
    for (int c = 0; c < 4; ++c)
        callers.emplace_back([&] {
            for (int round = 0; round < 200; ++round) parallel_for(3, 10, [&](int64_t k, int) { sum += k; });
        });
    for (std::thread& t : callers) t.join();
    EXPECT(sum == 4 * 200 * 45);
}

void a_program_computes_the_same_on_any_threads(const KernelTable& t) {
    const auto x = samples(50);
    Model one(t);
    std::vector<float> y_one, y;
    double sum_one = 0;
    std::vector<float> expected = one.W;  // of the first batch, by hand
    for (int64_t r = 0; r < 20; ++r)
        for (int64_t k = 0; k < Model::SIZE; ++k) expected[k] -= x[r * Model::F + k / Model::N] / 1024.f;
    EXPECT(one.run(x, 20, 1, y_one, sum_one) == 3);
    {
        Model first(t);
        double sum = 0;
        first.run({x.begin(), x.begin() + 20 * Model::F}, 20, 1, y, sum);
        EXPECT(first.W == expected);
    }
    for (int threads : {2, 3, 16}) {
        Model many(t);
        double sum = 0;
        EXPECT(many.run(x, 20, threads, y, sum) == 3);
        EXPECT(many.W == one.W && y == y_one && sum == sum_one);
    }
}

void programs_run_side_by_side(const KernelTable& t) {
    const auto x = samples(40);
    Model alone(t);
    std::vector<float> expected;
    double sum_alone = 0;
    for (int round = 0; round < 10; ++round) alone.run(x, 10, 1, expected, sum_alone);
    std::vector<std::thread> threads;
    for (int c = 0; c < 3; ++c)
        threads.emplace_back([&] {
            Model mine(t);
            std::vector<float> y;
            double sum = 0;
            for (int round = 0; round < 10; ++round) mine.run(x, 10, 2, y, sum);
            EXPECT(mine.W == alone.W && y == expected);
        });
    for (std::thread& one : threads) one.join();
}

void one_program_runs_once_at_a_time(const KernelTable& t) {
    const auto x = samples(400);
    Model model(t);
    std::atomic<int> ran{0}, refused{0};
    std::vector<std::thread> threads;
    for (int c = 0; c < 4; ++c)
        threads.emplace_back([&] {
            std::vector<float> y;
            double sum = 0;
            for (int round = 0; round < 20; ++round) try {
                    model.run(x, 10, 2, y, sum);
                    ++ran;
                } catch (const std::runtime_error&) { ++refused; }
        });
    for (std::thread& one : threads) one.join();
    EXPECT(ran > 0 && ran + refused == 80);
}

void places_that_name_no_sample_are_refused(const KernelTable& t) {
    const auto x = samples(10);
    for (int64_t wrong :
         {int64_t{-1}, int64_t{10}, std::numeric_limits<int64_t>::max(), std::numeric_limits<int64_t>::min()}) {
        std::vector<int64_t> order{0, 1, 2, 3, 4, 5, wrong, 7, wrong, 9};
        Model model(t);
        std::vector<float> y;
        double sum = 0;
        EXPECT(model.run(x, 10, 3, y, sum, order.data()) == -1);
        EXPECT(model.p.refusal().position == 6 && model.p.refusal().input == 0);
        EXPECT(model.W == std::vector<float>(Model::SIZE, 1) && sum == 0);
    }
}

void what_lies_outside_its_memory_is_refused(const KernelTable& t) {
    const auto x = samples(3);
    auto refuses = [&](auto spoil) {
        Model model(t);
        spoil(model.p);
        std::vector<float> y;
        double sum = 0;
        try {
            model.run(x, 3, 1, y, sum);
        } catch (const std::exception&) { return true; }
        return false;
    };
    EXPECT(!refuses([](Program&) {}));
    EXPECT(refuses([](Program& p) { p.inputs[0].offset = p.arena_bytes; }));
    EXPECT(refuses([](Program& p) { p.inputs[0].offset = -64; }));
    EXPECT(refuses([](Program& p) { p.inputs[0].width = int64_t{1} << 40; }));
    EXPECT(refuses([](Program& p) { p.outputs[0].steps = 1 << 20; }));
    EXPECT(refuses([](Program& p) { p.scalars[0] = 2; }));
    EXPECT(refuses([](Program& p) { p.totals[0].total = 1; }));
    EXPECT(refuses([](Program& p) { p.passes[0].segments[0].size += 1; }));
    EXPECT(refuses([](Program& p) { p.body[1].refs[0] = {ARENA, p.arena_bytes}; }));
    EXPECT(refuses([](Program& p) { p.body[1].refs[1] = {ADDRESS, 0}; }));
    EXPECT(refuses([](Program& p) { p.pack[0].refs[3] = {ARENA, 0}; }));
    EXPECT(refuses([](Program& p) { p.body[1].refs[0].space = SPACES; }));
    EXPECT(refuses([](Program& p) { p.gradient_size = -1; }));
    EXPECT(refuses([](Program& p) { p.arena_bytes = int64_t{1} << 62; }));
}

template <class From>
void numbers_out_of_bounds(Type type, std::vector<From> good, std::vector<From> bad) {
    const Input in{0, 1, 1, true, 5, false};
    int32_t to = -1;
    auto takes = [&](From v, const Input& i) {
        const Source s{reinterpret_cast<const char*>(&v), type, 1, sizeof v, sizeof v, sizeof v};
        return gather(s, i, nullptr, 0, 1, &to) == 1;
    };
    for (From v : good) EXPECT(takes(v, in) && to == static_cast<int32_t>(v));
    for (From v : bad) EXPECT(!takes(v, in));
    const Input any{0, 1, 1, true, 0, false};
    for (From v : good) EXPECT(takes(v, any) && to == static_cast<int32_t>(v));
}

void codes_outside_their_table_are_refused() {
    const double inf = std::numeric_limits<double>::infinity(), nan = std::numeric_limits<double>::quiet_NaN();
    numbers_out_of_bounds<int8_t>(Type::i8, {0, 4}, {-1, 5, 127, -128});
    numbers_out_of_bounds<uint8_t>(Type::u8, {0, 4}, {5, 255});
    numbers_out_of_bounds<int16_t>(Type::i16, {0, 4}, {-1, 5});
    numbers_out_of_bounds<uint16_t>(Type::u16, {0, 4}, {5, 65535});
    numbers_out_of_bounds<int32_t>(Type::i32, {0, 4}, {-1, 5});
    numbers_out_of_bounds<uint32_t>(Type::u32, {0, 4}, {5, 0xffffffffu});
    numbers_out_of_bounds<int64_t>(Type::i64, {0, 4}, {-1, 5, int64_t{1} << 32, std::numeric_limits<int64_t>::min()});
    numbers_out_of_bounds<uint64_t>(Type::u64, {0, 4}, {5, uint64_t{1} << 32, ~uint64_t{0}});
    numbers_out_of_bounds<double>(Type::f64, {0, 4, 4.9, -0.5}, {-1, 5, 1e300, inf, -inf, nan});
    numbers_out_of_bounds<float>(Type::f32, {0, 4, -0.5f}, {-1, 5, 1e30f, static_cast<float>(nan)});
}

void a_child_has_threads_of_its_own() {
    std::atomic<int> sum{0};
    parallel_for(4, 100, [&](int64_t, int) { ++sum; });
    const pid_t child = fork();
    if (child == 0) {
        parallel_for(4, 100, [&](int64_t, int) { ++sum; });
        _exit(sum == 200 ? 0 : 1);
    }
    int status = 1;
    waitpid(child, &status, 0);
    EXPECT(sum == 100 && WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

// Two mistakes that a sanitizer must find: who finds nothing in them finds nothing anywhere.
int make_mistakes() {
    const auto x = samples(2);
    std::vector<float> to(4 * Model::F);
    const Source s{reinterpret_cast<const char*>(x.data()), Type::i8, 3, Model::F, Model::F, 1};  // there are 2, not 3
    gather(s, {0, 1, Model::F, false, 0, false}, nullptr, 0, 3, to.data());
    int64_t sum = 0;
    std::atomic<int> here{0};
    parallel_for(2, 2, [&](int64_t k, int) {
        here.fetch_add(1, std::memory_order_relaxed);
        while (here.load(std::memory_order_relaxed) < 2) std::this_thread::yield();  // the other thread comes
        sum += k;                                                                    // both at once
    });
    std::printf("native_test: two mistakes made, %d and %d\n", static_cast<int>(to[2 * Model::F]),
                static_cast<int>(sum));
    return 0;
}

}  // namespace

int main(int count, char**) {
    if (count > 1) return make_mistakes();
    tasks_are_done_once();
    several_callers_share_the_threads();
    codes_outside_their_table_are_refused();
    for (const KernelTable* t : tables()) {
        a_program_computes_the_same_on_any_threads(*t);
        programs_run_side_by_side(*t);
        one_program_runs_once_at_a_time(*t);
        places_that_name_no_sample_are_refused(*t);
        what_lies_outside_its_memory_is_refused(*t);
    }
    a_child_has_threads_of_its_own();
    std::puts("native_test: all is well");
    return 0;
}
