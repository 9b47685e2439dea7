// A placed step, replayed for batch after batch without Python: see ARCHITECTURE.md, "Replay".
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "clip.hpp"
#include "gather.hpp"
#include "kernels/kernel.hpp"

namespace tidegate {

// Where an array lies. The address is the base of the space, for this worker and shard, plus an offset in bytes.
enum Space : int { NOWHERE, ARENA, ADDRESS, GRADIENT, PANEL, SCALAR, TOTAL, SPACES };

struct Ref {
    int space;
    int64_t offset;
};

enum Direction : int { FORWARD, BACKWARD, PACK };

struct Instruction {
    void (*run)(const Args&);
    std::vector<Ref> refs;
    std::vector<int64_t> n;
    std::vector<double> f;
    bool once = false;  // works on no samples: on arrays that are the same for all
    int together = 1;   // instructions from this one on that need nothing of each other
    double flops = 0;   // of a sample, in all of these
};

struct Output {
    int64_t offset;  // in the arena
    int64_t steps, width;
};

// What outlives a batch, in memory of its own: `width` numbers of each sample, or as many in all.
struct Kept {
    int64_t offset, width;  // in the arena
    bool each;
    float* at;
    int64_t rows;             // samples that have a place there
    std::vector<float> next;  // of what is written: the new numbers, until the batch is done

    int64_t size(int64_t rows) const { return each ? rows * width : width; }
};

struct Segment {  // parameters that lie in one run, like their gradients
    float* parameters;
    int64_t start, size;          // in the flat gradient
    std::vector<double> numbers;  // UpdateOp.numbers
};

// One of the things done to the parameters after a batch: the optimizer's step, and what goes before and after it.
struct Pass {
    const Update* update;
    std::vector<float*> slots;  // arrays of its own, flat like the gradient
    bool whole;                 // each segment is one parameter, taken at once
    bool always;                // also after a batch whose gradient is only added up
    std::vector<Segment> segments;
};

struct Total {  // scalar `share` of each shard, added up for the batch
    int share, total;
};

// An array of each shard, added up over the shards: `from` and `to` lie in the arena of each.
struct Sum {
    int64_t from, to, size;  // floats
};
// Where in the body, before instruction `at`, all shards wait for each other.
struct Meeting {
    size_t at;
    std::vector<Sum> sums;
};

// Memory that starts on a cache line.
class Block {
  public:
    explicit Block(int64_t bytes = 0);
    char* get() const { return memory_.get(); }
    int64_t size() const { return size_; }

  private:
    struct Free {
        void operator()(char* p) const;
    };
    std::unique_ptr<char, Free> memory_;
    int64_t size_;
};

struct Refusal {            // of a sample that a run was given
    int64_t position = -1;  // in the order of processing, -1 where none was refused
    size_t input = 0;
};

struct Batches {  // what one call of run works on
    std::vector<Source> sources;
    int64_t rows, batch, shard;
    const int64_t* order;  // or null
    int64_t start, stop;
    double* sums;
    double* last;
    std::vector<float*> outputs;
    std::vector<double> rates;  // learning rate of each batch from `start` on; the last one goes on
    int64_t iteration;
    double seconds;
    int threads;
    uint64_t version;  // of the parameters' numbers
};

class Program {
  public:
    // In the order in which they run.
    std::vector<Instruction> pack, prologue, body;
    std::vector<Meeting> meetings;
    std::vector<Input> inputs;
    std::vector<Output> outputs;
    std::vector<Kept> states, writes;  // read before a shard, and written after a batch
    std::vector<int> scalars;          // places among the scalars that are reported
    std::vector<Total> totals;
    int64_t means = 0;          // how many of the reported scalars are means of their batch
    int64_t arena_bytes = 0;    // of one worker, or one shard where these meet; for `capacity` rows
    int64_t capacity = 0;       // most rows of a shard
    int64_t gradient_size = 0;  // floats
    int64_t panel_bytes = 0;
    int64_t scalar_count = 0, total_count = 0;
    std::vector<Pass> passes;      // over the parameters, in this order
    float* accumulated = nullptr;  // gradients of the batches before, where a step waits for several
    int64_t accumulation = 1;      // batches of one step
    Clip clip;
    static constexpr int64_t CHUNK = 1 << 9;  // floats: gradient, weights and moments stay in the first cache

    // Returns the number of the first batch not run, or -1 where a batch held a sample that cannot be taken: then nothing of that
    // batch counts, and `refusal` says which one. The arrays of `b` may be written to by others meanwhile.
    int64_t run(const Batches& b);
    const Refusal& refusal() const { return refusal_; }
    // Throws where an instruction would lie outside the memory that is there for it; `run` asks before the first time.
    void check();
    bool checked() const { return checked_; }
    const float* gradients() const { return reinterpret_cast<const float*>(gradients_.get()); }
    int64_t bytes() const;  // memory held now

  private:
    // Each worker packs panels of its own: that costs no more time than waiting for one to pack, and what it reads then lies in its
    // own caches.
    struct Panels {
        Block memory;
        uint64_t packed = 0;  // the state of the weights that they hold
    };

    // A part of the program that shards run without looking at each other.
    struct Part {
        const Instruction *begin, *end;
        enum { NONE, EARLY, ALL } gathers;  // which inputs it begins with
        bool last;                          // whether what the batch gives stands at its end
    };
    // Rows of a batch, where they run.
    struct Shard {
        int64_t first, row0, rows;  // in this call's order, and in the batch
        int64_t step;
        int number, worker, threads;
    };
    void run_shard(const Batches& b, const Part& part, const Shard& s);
    void meet(const Meeting& meeting, int64_t shards);
    void pack_panels(Panels& panels) const;
    void reduce_and_update(const Batches& b, int64_t shards, int64_t iteration, double rate);

    void refuse(int64_t position, size_t input);

    std::mutex running_, refusing_;
    bool checked_ = false;
    bool early_panels_ = false;  // whether the prologue reads panels
    Refusal refusal_;
    std::vector<Block> arenas_;
    Block gradients_;
    std::vector<Panels> panels_;
    uint64_t weights_ = 0;  // counts the states of the weights that were seen
    uint64_t version_ = 0;  // what the caller called the last one
    std::vector<double> shard_scalars_, totals_;
};

}  // namespace tidegate
