// A pool of threads that share the tasks of one call. Which thread does a task never changes what it computes.
#pragma once

#include <cstdint>
#include <type_traits>

namespace tidegate {

constexpr int MOST_THREADS = (1 << 12) - 1;

// What the pool is given: a function whose type it need not know, alive while the call lasts.
struct Task {
    void* function;
    void (*call)(void* function, int64_t i, int worker);
    void operator()(int64_t i, int worker) const { call(function, i, worker); }
};
void run_on_pool(int threads, int64_t tasks, Task task);

// Calls task(i, worker) once for each i in [0, tasks), on at most `threads` threads, the caller among them; worker < threads tells
// apart what runs at the same time. Returns when all are done. Tasks must not throw.
// Where the system gives no more threads, those that are there do the work.
template <class F>
void parallel_for(int threads, int64_t tasks, F&& task) {
    if (threads > 1 && tasks > 1)
        return run_on_pool(threads, tasks, {&task, [](void* f, int64_t i, int worker) {
                                                (*static_cast<std::remove_reference_t<F>*>(f))(i, worker);
                                            }});
    for (int64_t i = 0; i < tasks; ++i) task(i, 0);
}

// While it lives, numbers too small for the normal format count as 0 on this thread: they would cost a hundred cycles each.
class FlushToZero {
  public:
    FlushToZero();
    ~FlushToZero();
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

  private:
    uint64_t before_;
};

}  // namespace tidegate
