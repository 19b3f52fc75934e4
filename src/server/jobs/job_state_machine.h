// What may become of a job and of an image: two tables, with nothing else in them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace imgmill::server {

// The values of the states are what the store keeps.

enum class JobState : std::uint8_t {
  receiving,    ///< uploads still come in; images are worked on meanwhile
  running,      ///< no more come
  done,         ///< every image has its outcome
  cancelled,    ///< by the user
  interrupted,  ///< the server, or the disk, has ended before the job
  removed,      ///< by the user: nobody sees it any more; its files are on their way out
};
inline constexpr std::size_t job_states = 6;

/// A job's place in the queue of those that want to be worked on. Nothing that is stored:
/// no server has begun with any.
enum class QueueState : std::uint8_t { none, queued, at_work };
inline constexpr std::size_t queue_states = 3;

struct JobPhase {
  JobState state = JobState::receiving;
  QueueState queue_state = QueueState::none;
  bool operator==(const JobPhase&) const = default;
};

enum class JobEvent : std::uint8_t {
  image_came,    ///< an upload is there
  completed,     ///< no more uploads come
  cancelled,     ///< by the user
  retried,       ///< images wait again, or an interrupted job is to go on
  begun,         ///< its turn has come
  run_done,      ///< a run has ended, and nothing waits
  run_open,      ///< a run has ended, and something waits
  run_broken,    ///< a run could not go on
  server_ended,  ///< or is about to
  removed,       ///< by the user
};
inline constexpr std::size_t job_events = 10;

struct JobStep {
  JobPhase next;
  bool stops_run = false;  ///< the run that is at work shall end soon
  bool finishes = false;   ///< this is the moment at which the job was finished
  bool operator==(const JobStep&) const = default;
};

/// What `event` makes of a job; nothing where it cannot happen to one in that state, and then
/// nothing happens.
[[nodiscard]] std::optional<JobStep> step(JobPhase phase, JobEvent event);

enum class ImageState : std::uint8_t { waiting, working, done, kept, failed, cancelled };
inline constexpr std::size_t image_states = 6;

enum class ImageEvent : std::uint8_t {
  started,
  became_smaller,
  was_kept,
  failed,
  given_back,  ///< not done, because the run ends
  given_up,    ///< the same, and nobody wants it any more
  cancelled,   ///< by the user; what is in work is finished
  retried,
  replaced,         ///< its output, by one the user has chosen
  replaced_by_own,  ///< the same, with the bytes of the original
};
inline constexpr std::size_t image_events = 10;

/// What `event` makes of an image; nothing where it changes nothing.
[[nodiscard]] std::optional<ImageState> step(ImageState state, ImageEvent event);

/// Whether there is nothing to wait for any more.
[[nodiscard]] constexpr bool has_outcome(ImageState state) {
  return state != ImageState::waiting && state != ImageState::working;
}

[[nodiscard]] std::string_view name_of(JobState state);
[[nodiscard]] std::string_view name_of(ImageState state);

}  // namespace imgmill::server
