// Where images are worked on, and what keeps a bad one from doing harm.
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
  thread,   ///< in this process: what a hostile image does to a decoder, it does to the caller
  process,  ///< in worker processes that are warm, sandboxed, and replaced when they fail
};

/// What a worker process gives up before it sees the first image.
enum class SandboxMode : std::uint8_t {
  require,    ///< every layer, or an error that names the missing ones
  automatic,  ///< every layer this machine grants; the rest is told once
  off,        ///< nothing is given up
};

/// Whether workers are started, and decode and encode once in every format, before
/// they are needed. Without it each is started for its first image.
enum class WarmUp : std::uint8_t { on, off };

/// How an ImageOptimizer runs.
struct OptimizerOptions {
  /// Images in work at once; 0: one large image, or two small ones (below 1 MiB), for
  /// each core that may be used (affinity mask, cgroup quota).
  int jobs = 0;
  Isolation isolation = Isolation::thread;
  /// Bytes that images in work may take, with their workers; 0: half of what the machine, or the
  /// control group, has when this is read. Each image's need is estimated from its header: large
  /// ones wait for each other, and one that needs more than this is refused before it is decoded.
  std::uint64_t memory = 0;

  // What follows matters to Isolation::process only.
  SandboxMode sandbox = SandboxMode::automatic;
  WarmUp warm_up = WarmUp::on;
  /// For one image; then its worker is ended and replaced. At least 1 s.
  std::chrono::seconds timeout{600};
  /// After so many images a worker is replaced by a fresh one; 0: never.
  std::uint32_t images_per_worker = 5000;
  /// 0..19, added to this process's own: how far workers stand back for other programs
  /// that want the same cores, such as the browser that shows what they do. Above 0 they
  /// are a session of their own, which stands back as a whole (sched(7), "autogroup").
  int niceness = 0;
  /// The program that workers are; empty: `imgmill-worker` as installed with imgmill.
  std::filesystem::path worker_program;
};

/// What a pool of processes did so far. Nothing here samples memory.
struct PoolMetrics {
  int size = 0;                               ///< most workers at once
  int active = 0;                             ///< at work on an image right now
  std::uint64_t images = 0;                   ///< answered, well or not
  std::uint64_t spawns = 0;                   ///< processes started
  std::uint64_t restarts = 0;                 ///< of these, in place of one that failed
  std::uint64_t recycled = 0;                 ///< of these, in place of one that had done its share
  std::chrono::microseconds spawn_time{0};    ///< mean: from asking to the process running
  std::chrono::microseconds warm_up_time{0};  ///< mean: sandbox and warm-up of one worker
  std::map<std::string, std::uint64_t> faults;  ///< by kind: "signal", "timeout", ...
  std::vector<std::string> missing_layers;      ///< of the sandbox, each with its reason
};

}  // namespace imgmill
