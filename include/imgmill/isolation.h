// Where images are processed, and how hostile ones are contained.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "imgmill/export.h"

namespace imgmill {

enum class Isolation : std::uint8_t {
  thread,   ///< in this process: a hostile image that compromises a decoder compromises the caller
  process,  ///< in worker processes, which are warmed up, sandboxed, and replaced when they fail
};

/// What a worker process gives up before it sees its first image.
enum class SandboxMode : std::uint8_t {
  require,    ///< every layer, or an error naming the missing ones
  automatic,  ///< every layer this machine grants; the missing ones are reported once
  off,        ///< no sandbox
};

/// Selects whether workers are started before they are needed, and decode and encode once in every
/// format. Without it each is started for its first image.
enum class WarmUp : std::uint8_t { on, off };

/// Options of an ImageOptimizer.
struct OptimizerOptions {
  /// Images in progress at once. 0: for each available core (affinity mask, cgroup quota), one
  /// large image or two small ones (below 1 MiB).
  int jobs = 0;
  Isolation isolation = Isolation::thread;
  /// Memory for images in progress and their workers, bytes; 0: half of what the machine or the
  /// control group has at start-up. Each image's need is estimated from its header. Large images
  /// wait for each other; one that needs more than this is refused before it is decoded.
  std::uint64_t memory = 0;

  // The rest applies to Isolation::process only.
  SandboxMode sandbox = SandboxMode::automatic;
  WarmUp warm_up = WarmUp::on;
  /// Per image; when it expires, the worker is killed and replaced. At least 1 s.
  std::chrono::seconds timeout{600};
  /// A worker is replaced by a fresh one after this many images; 0: never.
  std::uint32_t images_per_worker = 5000;
  /// Added to this process's nice value, 0..19, so that workers yield to other programs that want
  /// the same cores, such as the browser that shows their progress. Above 0 the workers are a
  /// session of their own, which yields as a whole (sched(7), "autogroup").
  int niceness = 0;
  /// The worker executable; empty: `imgmill-worker` as installed with imgmill.
  std::filesystem::path worker_program;
};

/// Counters of a process pool. Memory is not sampled.
struct PoolMetrics {
  int size = 0;                ///< maximum number of workers at once
  int active = 0;              ///< processing an image right now
  std::uint64_t images = 0;    ///< images answered, successfully or not
  std::uint64_t spawns = 0;    ///< processes started
  std::uint64_t restarts = 0;  ///< of these, replacements for a failed one
  std::uint64_t recycled = 0;  ///< of these, replacements after images_per_worker images
  std::chrono::microseconds spawn_time{0};      ///< mean: from the request to the running process
  std::chrono::microseconds warm_up_time{0};    ///< mean: sandbox and warm-up of one worker
  std::map<std::string, std::uint64_t> faults;  ///< by kind: "signal", "timeout", ...
  std::vector<std::string> missing_layers;      ///< of the sandbox, each with the reason
};

}  // namespace imgmill
