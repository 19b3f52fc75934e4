// State machines of a job and of an image, as two pure transition tables.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgmill::server {

// The store keeps the values of the states.

enum class JobState : std::uint8_t {
  receiving,    ///< uploads may still arrive; images are processed meanwhile
  running,      ///< no more uploads arrive
  done,         ///< every image has its outcome
  cancelled,    ///< by the user
  interrupted,  ///< the server shut down or the disk failed before the job was done
  removed,      ///< by the user: no longer visible; its files are being deleted
};
inline constexpr std::size_t job_states = 6;

/// A job's place in the run queue. Not stored: after a start, no job is queued or at work.
enum class QueueState : std::uint8_t { none, queued, at_work };
inline constexpr std::size_t queue_states = 3;

struct JobPhase {
  JobState state = JobState::receiving;
  QueueState queue_state = QueueState::none;
  bool operator==(const JobPhase&) const = default;
};

enum class JobEvent : std::uint8_t {
  image_came,    ///< an upload is complete
  completed,     ///< no more uploads arrive
  cancelled,     ///< by the user
  retried,       ///< images wait again, or an interrupted job continues
  begun,         ///< a runner took the job
  run_done,      ///< a run ended and no image waits
  run_open,      ///< a run ended and images wait
  run_broken,    ///< a run had to be abandoned
  server_ended,  ///< or is about to end
  removed,       ///< by the user
};
inline constexpr std::size_t job_events = 10;

struct JobStep {
  JobPhase next;
  bool stops_run = false;  ///< the current run must stop
  bool finishes = false;   ///< the job finishes with this step
  bool operator==(const JobStep&) const = default;
};

/// Returns the transition of a job on `event`; nothing if the event is not allowed in that state
/// and has to be ignored.
[[nodiscard]] std::optional<JobStep> step(JobPhase phase, JobEvent event);

enum class ImageState : std::uint8_t { waiting, working, done, kept, failed, cancelled };
inline constexpr std::size_t image_states = 6;

enum class ImageEvent : std::uint8_t {
  started,
  became_smaller,
  was_kept,
  failed,
  given_back,  ///< not done because the run ends
  given_up,    ///< the same, and the image is no longer wanted
  cancelled,   ///< by the user; an image being processed is finished
  retried,
  replaced,         ///< its output was replaced by one the user chose
  replaced_by_own,  ///< its output was replaced by the original's bytes
};
inline constexpr std::size_t image_events = 10;

/// Returns the state of an image after `event`; nothing if the event changes nothing.
[[nodiscard]] std::optional<ImageState> step(ImageState state, ImageEvent event);

/// True if the state is final.
[[nodiscard]] constexpr bool has_outcome(ImageState state) {
  return state != ImageState::waiting && state != ImageState::working;
}

[[nodiscard]] std::string_view name_of(JobState state);
[[nodiscard]] std::string_view name_of(ImageState state);

}  // namespace imgmill::server
