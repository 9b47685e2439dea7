#include "threads.hpp"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace tidegate {
namespace {

inline void pause_briefly() {
#if defined(__SSE2__)
    _mm_pause();
#elif defined(__aarch64__)
    asm volatile("yield");
#endif
}

constexpr uint64_t MOST = MOST_THREADS + 1;
constexpr uint64_t OPEN = MOST;  // a bit
constexpr int SPINS = 4000;      // some 50 microseconds: the next step of a fit usually comes sooner

class Pool {
  public:
    void run(int threads, int64_t tasks, Task task) {
        std::lock_guard<std::mutex> one_caller(busy_);
        while (static_cast<int>(workers_.size()) < threads - 1) {
            auto worker = std::make_unique<Worker>();
            worker->number = static_cast<int>(workers_.size()) + 1;
            try {
                std::thread([this, w = worker.get()] { work(*w); }).detach();  // waits for tasks until the process ends
            } catch (const std::exception&) {                                  // the system gives no more
                break;
            }
            workers_.push_back(std::move(worker));
        }
        threads = std::min(threads, static_cast<int>(workers_.size()) + 1);
        task_ = task;
        tasks_ = tasks;
        next_.store(1, std::memory_order_relaxed);  // the first is the caller's, who need not wait to see it
        ++call_;
        gate_.store(call_ * 2 * MOST + OPEN, std::memory_order_release);
        for (int k = 0; k < threads - 1; ++k) {  // the others sleep on
            workers_[k]->call.store(static_cast<uint32_t>(call_), std::memory_order_release);
            workers_[k]->call.notify_one();
        }
        task(0, 0);
        take(0);
        gate_.fetch_sub(OPEN, std::memory_order_acq_rel);  // nothing is left to take: who has not come yet need not
        for (int spins = 0; gate_.load(std::memory_order_acquire) % MOST > 0; ++spins) {
            if (spins < SPINS)
                pause_briefly();
            else
                std::this_thread::yield();
        }
    }

    const pid_t owner = getpid();

  private:
    void take(int worker) {
        for (int64_t i; (i = next_.fetch_add(1, std::memory_order_relaxed)) < tasks_;) task_(i, worker);
    }

    struct alignas(64) Worker {
        int number = 0;
        std::atomic<uint32_t> call{0};  // the last one it is wanted for; of a size that Linux itself waits on
    };

    void work(Worker& worker) {
        FlushToZero flush;
        for (uint32_t seen = 0;;) {
            for (int k = 0; k < SPINS && worker.call.load(std::memory_order_acquire) == seen; ++k) pause_briefly();
            worker.call.wait(seen, std::memory_order_acquire);
            seen = worker.call.load(std::memory_order_acquire);
            uint64_t gate = gate_.load(std::memory_order_acquire);
            while (static_cast<uint32_t>(gate / (2 * MOST)) == seen && (gate & OPEN)) {
                if (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acq_rel)) continue;
                take(worker.number);
                gate_.fetch_sub(1, std::memory_order_release);
                break;
            }
        }
    }

    std::mutex busy_;
    std::vector<std::unique_ptr<Worker>> workers_;
    uint64_t call_ = 0;  // counts the calls
    // On one line of memory, which goes from core to core as a whole: what the workers of a call share.
    alignas(64) Task task_{};
    int64_t tasks_ = 0;
    std::atomic<int64_t> next_{0};
    // One word for what must be seen together. The caller waits for workers that came in, never for one that the machine gave
    // no core: it finds the gate closed.
    std::atomic<uint64_t> gate_{0};  // number of the call * 2 MOST + (OPEN while tasks may be left) + workers inside
};

Pool& pool() {
    // Never destroyed: detached workers use it until the end. A forked child has none of its parent's threads and starts anew.
    // No lock: a thread that the child does not have might hold it.
    static std::atomic<Pool*> one{nullptr};
    Pool* now = one.load(std::memory_order_acquire);
    while (now == nullptr || now->owner != getpid()) {
        Pool* fresh = new Pool;
        if (one.compare_exchange_strong(now, fresh, std::memory_order_acq_rel, std::memory_order_acquire))
            return *fresh;
        delete fresh;  // another thread came first
    }
    return *now;
}

}  // namespace

void run_on_pool(int threads, int64_t tasks, Task task) {
    pool().run(static_cast<int>(std::min<int64_t>({threads, tasks, MOST_THREADS})), tasks, task);
}

#if defined(__SSE2__)
FlushToZero::FlushToZero() : before_(_mm_getcsr()) { _mm_setcsr(static_cast<unsigned>(before_) | 0x8040u); }
FlushToZero::~FlushToZero() { _mm_setcsr(static_cast<unsigned>(before_)); }
#elif defined(__aarch64__)
FlushToZero::FlushToZero() {
    asm volatile("mrs %0, fpcr" : "=r"(before_));
    asm volatile("msr fpcr, %0" ::"r"(before_ | (1u << 24)));
}
FlushToZero::~FlushToZero() { asm volatile("msr fpcr, %0" ::"r"(before_)); }
#else
FlushToZero::FlushToZero() : before_(0) {}
FlushToZero::~FlushToZero() { (void)before_; }
#endif

}  // namespace tidegate
