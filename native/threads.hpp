// A pool of threads that share the tasks of one call. Which thread does a task never changes what it computes.
#pragma once

#include <cstdint>
#include <functional>

namespace tidegate {

constexpr int MOST_THREADS = (1 << 12) - 1;

// Calls task(i, worker) once for each i in [0, tasks), on at most `threads` threads, the caller among them; worker < threads tells
// apart what runs at the same time. Returns when all are done. Tasks must not throw.
// Where the system gives no more threads, those that are there do the work.
void parallel_for(int threads, int64_t tasks, const std::function<void(int64_t, int)>& task);

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
