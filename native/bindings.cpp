// The module tidegate.kernels._native: the program, and what can be asked of the kernels. Arrays are never converted on the way in.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <string>
#include <tuple>
#include <vector>

#include "kernels/accuracy.hpp"
#include "program.hpp"

namespace nb = nanobind;
using namespace nb::literals;
using namespace tidegate;

namespace {

std::vector<const KernelTable*> usable() {  // compiled, and known to this processor; best first
    std::vector<const KernelTable*> found;
#ifdef TIDEGATE_HAVE_AVX512
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl"))
        found.push_back(&kernels_avx512());
#endif
#ifdef TIDEGATE_HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) found.push_back(&kernels_avx2());
#endif
#ifdef TIDEGATE_HAVE_NEON
    found.push_back(&kernels_neon());
#endif
#ifdef TIDEGATE_HAVE_BASELINE
    found.push_back(&kernels_baseline());
#endif
    return found;
}

const KernelTable& table(const std::string& isa) {
    for (const KernelTable* t : usable())
        if (isa == t->isa) return *t;
    throw std::invalid_argument("no kernels for instruction set '" + isa + "'");
}

int find(const std::string& name) {  // the same place in every table: they come from one source
    const KernelTable& t = *usable().front();
    for (int k = 0; k < t.kernel_count; ++k)
        if (name == t.kernels[k].name) return k;
    return -1;
}

const Kernel& kernel(const KernelTable& t, int op) {
    if (op < 0 || op >= t.kernel_count) throw std::invalid_argument("no kernel has this number");
    return t.kernels[op];
}

// Whole numbers that kernels are called with, zeros behind them: asking for one too many reads no foreign memory.
std::vector<int64_t> padded_numbers(std::vector<int64_t> n) {
    n.resize(std::max<size_t>(n.size(), 16));
    return n;
}

Program& unfinished(Program& p) {
    if (p.checked()) throw std::runtime_error("a program that has run stays as it is");
    return p;
}

template <auto field>
auto get(const Program& p) {
    return p.*field;
}
template <auto field>
void set(Program& p, std::decay_t<decltype(p.*field)> value) {
    unfinished(p).*field = std::move(value);
}

using Refs = std::vector<std::tuple<int, int64_t>>;

Instruction instruction(const KernelTable& t, int op, int direction, const Refs& refs, std::vector<int64_t> n,
                        std::vector<double> f) {
    const Kernel& k = kernel(t, op);
    auto run = direction == FORWARD ? k.forward : direction == BACKWARD ? k.backward : k.pack;
    if (run == nullptr || direction < FORWARD || direction > PACK)
        throw std::invalid_argument(std::string("no such kernel of ") + k.name);
    if (refs.size() > 32) throw std::invalid_argument(std::string("too many arrays for ") + k.name);
    Instruction i{run, {}, padded_numbers(std::move(n)), std::move(f)};
    for (auto [space, offset] : refs) i.refs.push_back({space, offset});
    return i;
}

Type type_of(nb::dlpack::dtype d) {
    using nb::dlpack::dtype_code;
    const int bytes = d.bits / 8;
    switch (static_cast<dtype_code>(d.code)) {
        case dtype_code::Float:
            if (bytes == 4) return Type::f32;
            if (bytes == 8) return Type::f64;
            break;
        case dtype_code::Int:
            return bytes == 1 ? Type::i8 : bytes == 2 ? Type::i16 : bytes == 4 ? Type::i32 : Type::i64;
        case dtype_code::UInt:
            return bytes == 1 ? Type::u8 : bytes == 2 ? Type::u16 : bytes == 4 ? Type::u32 : Type::u64;
        case dtype_code::Bool: return Type::u8;
        default: break;
    }
    throw nb::type_error("arrays of whole numbers, float32 or float64 are taken");
}

using AnyArray = nb::ndarray<nb::ro, nb::device::cpu>;

// The strides of an array (rows, ...) seen as rows of `steps` blocks of `width` numbers, in C order.
Source source(const AnyArray& a, const Input& in, int64_t rows) {
    const int64_t size = a.itemsize();
    if (a.ndim() < 1) throw std::invalid_argument("a source needs samples on its first axis");
    const int64_t samples = a.shape(0), need = in.steps * in.width;
    Source s{static_cast<const char*>(a.data()), type_of(a.dtype()), samples, 0, 0, 0};
    if (samples < rows) throw std::invalid_argument("a source has fewer samples than the run");
    s.row_stride = a.stride(0) * size;
    std::vector<std::pair<int64_t, int64_t>> axes;  // extent and stride, neighbours that run on merged
    int64_t count = 1;
    for (size_t k = 1; k < a.ndim(); ++k) {
        const int64_t extent = a.shape(k), stride = a.stride(k) * size;
        if (extent < 1 || count > need / extent) {
            count = 0;
            break;
        }
        count *= extent;
        if (extent == 1) continue;
        if (!axes.empty() && axes.back().second == extent * stride)
            axes.back() = {axes.back().first * extent, stride};
        else
            axes.emplace_back(extent, stride);
    }
    if (count != need) throw std::invalid_argument("a source has samples of another size than the plan");
    if (axes.size() > 2 || (axes.size() == 2 && axes[1].first != in.width))
        throw nb::value_error("strides that need a copy");  // the caller makes it
    if (axes.size() == 2) s.step_stride = axes[0].second;
    if (axes.size() == 1) s.step_stride = in.width * axes[0].second;
    s.stride = axes.empty() || in.width == 1 ? size : axes.back().second;
    return s;
}

using Output32 = nb::ndarray<float, nb::c_contig, nb::device::cpu>;

int64_t run(Program& p, const std::vector<AnyArray>& sources, int64_t rows, int64_t batch, int64_t shard,
            nb::object order, int64_t start, int64_t stop,
            nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu> sums,
            nb::ndarray<double, nb::ndim<1>, nb::c_contig, nb::device::cpu> last, const std::vector<Output32>& outputs,
            const std::vector<double>& rates, int64_t iteration, double seconds, int threads, uint64_t version) {
    if (sources.size() != p.inputs.size())
        throw std::invalid_argument("as many sources as the plan has inputs are needed");
    constexpr int64_t most = int64_t{1} << 60;  // of rows: sums of two do not overflow
    if (rows < 1 || rows > most || batch < 1 || batch > most || shard < 1 || shard > p.capacity || threads < 1 ||
        start < 0)
        throw std::invalid_argument("rows, batch, shard and threads are out of range");
    if (!p.checked()) p.check();
    if (sums.shape(0) != p.scalars.size() || last.shape(0) != p.scalars.size())
        throw std::invalid_argument("one sum for each scalar is needed");
    Batches b{};
    if (!order.is_none()) {
        nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu> o;
        if (!nb::try_cast(order, o, false)) throw nb::type_error("an order is of type int64, in one piece");
        if (static_cast<int64_t>(o.shape(0)) < rows)
            throw std::invalid_argument("the order has fewer places than the run");
        b.order = o.data();  // its places are looked at when they are used
    }
    for (size_t k = 0; k < sources.size(); ++k)
        b.sources.push_back(source(sources[k], p.inputs[k], b.order ? 0 : rows));
    if (!outputs.empty() || !p.outputs.empty()) {
        if (outputs.size() != p.outputs.size()) throw std::invalid_argument("one array for each output is needed");
        for (size_t k = 0; k < outputs.size(); ++k) {
            if (static_cast<int64_t>(outputs[k].size()) / (p.outputs[k].steps * p.outputs[k].width) < rows)
                throw std::invalid_argument("an output array is too small");
            b.outputs.push_back(outputs[k].data());
        }
    }
    b.rows = rows, b.batch = batch, b.shard = shard, b.start = start, b.stop = stop;
    b.sums = sums.data(), b.last = last.data();
    b.rates = rates, b.iteration = iteration, b.seconds = seconds, b.threads = threads, b.version = version;
    nb::gil_scoped_release released;
    return p.run(b);
}

}  // namespace

NB_MODULE(_native, m) {
    m.def("instruction_sets", [] {
        std::vector<std::string> names;
        for (const KernelTable* t : usable()) names.emplace_back(t->isa);
        return names;
    });
    nb::dict accuracy;  // of each function: largest error in ulp, lowest and highest argument
    for (const Accuracy& a : ACCURACY) accuracy[a.name] = nb::make_tuple(a.max_ulp, a.low, a.high);
    m.attr("ACCURACY") = accuracy;
    m.attr("ACTIVATION_ERROR") = ACTIVATION_ERROR;
    m.def("find", &find, "name"_a);
    m.def("lanes", [](const std::string& isa) { return table(isa).lanes; }, "isa"_a);
    m.def(
        "sizes",
        [](const std::string& isa, int op, const std::vector<int64_t>& n, const std::vector<double>& f, int64_t rows) {
            const Kernel& k = kernel(table(isa), op);
            const Sizes s = k.sizes ? k.sizes(padded_numbers(n).data(), f.data(), rows) : Sizes{};
            return std::make_tuple(s.saved, s.scratch, s.panels);
        },
        "isa"_a, "op"_a, "n"_a, "f"_a, "rows"_a);
    m.def(
        "packs", [](const std::string& isa, int op) { return kernel(table(isa), op).pack != nullptr; }, "isa"_a,
        "op"_a);
    m.def(
        "activate",
        [](const std::string& isa, int code, nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu> z,
           nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu> a,
           nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu> slope) {
            if (a.size() != z.size() || slope.size() != z.size() || code < 0)
                throw std::invalid_argument("arrays of one length are needed");
            table(isa).activate(code, z.data(), a.data(), slope.data(), static_cast<int64_t>(z.size()));
        },
        "isa"_a, "code"_a, "z"_a.noconvert(), "a"_a.noconvert(), "slope"_a.noconvert());

    nb::class_<Program>(m, "Program")
        .def(nb::init<>())
        .def_prop_rw("means", get<&Program::means>, set<&Program::means>)
        .def_prop_rw("arena_bytes", get<&Program::arena_bytes>, set<&Program::arena_bytes>)
        .def_prop_rw("capacity", get<&Program::capacity>, set<&Program::capacity>)
        .def_prop_rw("gradient_size", get<&Program::gradient_size>, set<&Program::gradient_size>)
        .def_prop_rw("panel_bytes", get<&Program::panel_bytes>, set<&Program::panel_bytes>)
        .def_prop_rw("scalar_count", get<&Program::scalar_count>, set<&Program::scalar_count>)
        .def_prop_rw("total_count", get<&Program::total_count>, set<&Program::total_count>)
        .def_prop_rw("scalars", get<&Program::scalars>, set<&Program::scalars>)
        .def_prop_ro("refusal",
                     [](const Program& p) {
                         return std::make_tuple(p.refusal().position, static_cast<int64_t>(p.refusal().input));
                     })
        .def("bytes", &Program::bytes)
        .def(
            "add",
            [](Program& p, const std::string& isa, const std::string& phase, int op, int direction, const Refs& refs,
               const std::vector<int64_t>& n, const std::vector<double>& f) {
                if (phase != "pack" && phase != "prologue" && phase != "body")
                    throw std::invalid_argument("no such phase: '" + phase + "'");
                auto& code = phase == "pack" ? p.pack : phase == "prologue" ? p.prologue : p.body;
                unfinished(p);
                code.push_back(instruction(table(isa), op, direction, refs, n, f));
            },
            "isa"_a, "phase"_a, "op"_a, "direction"_a, "refs"_a, "n"_a, "f"_a)
        .def(
            "once",
            [](Program& p, const std::string& phase) {
                auto& code = phase == "prologue" ? unfinished(p).prologue : unfinished(p).body;
                if (code.empty()) throw std::invalid_argument("no instruction was added");
                code.back().once = true;
            },
            "phase"_a)
        .def(
            "together",
            [](Program& p, int count, double flops) {
                if (count < 1 || count > static_cast<int>(p.body.size()))
                    throw std::invalid_argument("as many instructions were not added");
                Instruction& first = p.body[p.body.size() - count];
                first.together = count, first.flops = flops;
            },
            "count"_a, "flops"_a)
        .def(
            "meet",  // behind the instructions added so far
            [](Program& p, const std::vector<std::tuple<int64_t, int64_t, int64_t>>& sums) {
                Meeting m{unfinished(p).body.size(), {}};
                for (auto [from, to, size] : sums) m.sums.push_back({from, to, size});
                p.meetings.push_back(std::move(m));
            },
            "sums"_a)
        .def("add_input", [](Program& p, int64_t offset, int64_t steps, int64_t width, bool whole,
                             bool early) { unfinished(p).inputs.push_back({offset, steps, width, whole, 0, early}); })
        .def("set_bound",
             [](Program& p, size_t input,
                int64_t bound) {  // of the whole numbers of an input, by which rows are looked up
                 if (input >= unfinished(p).inputs.size() || bound < 1) throw std::invalid_argument("no such bound");
                 p.inputs[input].bound = bound;
             })
        .def("add_output", [](Program& p, int64_t offset, int64_t steps,
                              int64_t width) { unfinished(p).outputs.push_back({offset, steps, width}); })
        .def("add_state",
             [](Program& p, int64_t offset, int64_t width, uintptr_t at, int64_t rows) {
                 unfinished(p).states.push_back({offset, width, true, reinterpret_cast<float*>(at), rows, {}});
             })
        .def("add_write",
             [](Program& p, int64_t offset, int64_t width, bool each, uintptr_t at, int64_t rows) {
                 unfinished(p).writes.push_back({offset, width, each, reinterpret_cast<float*>(at), rows, {}});
             })
        .def("add_total", [](Program& p, int share, int total) { unfinished(p).totals.push_back({share, total}); })
        .def("add_segment",  // to the last pass
             [](Program& p, uintptr_t at, int64_t start, int64_t size, std::vector<double> numbers) {
                 if (unfinished(p).passes.empty()) throw std::invalid_argument("there is no pass yet");
                 numbers.resize(std::max<size_t>(numbers.size(), 8));
                 p.passes.back().segments.push_back({reinterpret_cast<float*>(at), start, size, std::move(numbers)});
             })
        .def("set_accumulation",
             [](Program& p, uintptr_t at, int64_t steps) {
                 if (steps < 1) throw std::invalid_argument("a step takes at least one batch");
                 unfinished(p).accumulated = reinterpret_cast<float*>(at);
                 p.accumulation = steps;
             })
        .def("add_pass",
             [](Program& p, const std::string& isa, const std::string& name, const std::vector<uintptr_t>& slots,
                bool whole, bool always) {
                 const KernelTable& t = table(isa);
                 unfinished(p);
                 if (slots.size() > 4) throw std::invalid_argument("an optimizer has at most 4 arrays of its own");
                 Pass pass{nullptr, {}, whole, always, {}};
                 for (int k = 0; k < t.update_count; ++k)
                     if (name == t.updates[k].name) pass.update = &t.updates[k];
                 if (pass.update == nullptr) throw std::invalid_argument("no native optimizer '" + name + "'");
                 for (uintptr_t s : slots) pass.slots.push_back(reinterpret_cast<float*>(s));
                 p.passes.push_back(std::move(pass));
             })
        .def("set_clip",
             [](Program& p, int kind, double limit, const std::vector<std::tuple<int64_t, int64_t>>& parameters) {
                 if (kind < 0 || kind >= Clip::NONE || !(limit > 0)) throw std::invalid_argument("no such clipping");
                 std::vector<std::pair<int64_t, int64_t>> runs;
                 int64_t end = 0;
                 unfinished(p);
                 for (auto [start, size] : parameters) {
                     if (start < end || size < 1 || size > p.gradient_size - start)
                         throw std::invalid_argument("parameters lie in the gradient, one after the other");
                     end = start + size;
                     runs.emplace_back(start, size);
                 }
                 p.clip = Clip(static_cast<Clip::Kind>(kind), limit, runs, Program::CHUNK);
             })
        .def(
            "gradients",
            [](const Program& p, nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu> to) {
                if (static_cast<int64_t>(to.size()) != p.gradient_size)
                    throw std::invalid_argument("an array of the gradient's length is needed");
                if (p.gradients() != nullptr) std::memcpy(to.data(), p.gradients(), to.size() * sizeof(float));
            },
            nb::arg().noconvert())
        .def("run", &run, "sources"_a, "rows"_a, "batch"_a, "shard"_a, "order"_a.none(), "start"_a, "stop"_a,
             "sums"_a.noconvert(), "last"_a.noconvert(), "outputs"_a.noconvert(), "rates"_a, "iteration"_a, "seconds"_a,
             "threads"_a, "version"_a);
}
