#include "server/jobs/job_state_machine.h"

namespace imgmill::server {
namespace {

constexpr std::array<std::string_view, job_states> job_names = {
    "receiving", "running", "done", "cancelled", "interrupted", "removed"};
constexpr std::array<std::string_view, image_states> image_names = {
    "waiting", "working", "done", "kept", "failed", "cancelled"};

enum class Effect : std::uint8_t { nothing, stops_run, finishes };

struct JobRow {
  JobEvent event;
  JobPhase from;
  JobPhase to;
  Effect effect = Effect::nothing;
};

using enum JobState;
using enum QueueState;
using E = JobEvent;

// A running job is always queued or at work; one that is done or interrupted is neither, except
// briefly while a server shuts down.
constexpr std::array job_table = {
    JobRow{E::image_came, {receiving, none}, {receiving, queued}},
    JobRow{E::image_came, {receiving, queued}, {receiving, queued}},
    JobRow{E::image_came, {receiving, at_work}, {receiving, at_work}},

    // Also if nothing was uploaded: its run then finds nothing to do.
    JobRow{E::completed, {receiving, none}, {running, queued}},
    JobRow{E::completed, {receiving, queued}, {running, queued}},
    JobRow{E::completed, {receiving, at_work}, {running, at_work}},

    JobRow{E::cancelled, {receiving, none}, {cancelled, none}, Effect::finishes},
    JobRow{E::cancelled, {receiving, queued}, {cancelled, none}, Effect::finishes},
    JobRow{E::cancelled, {receiving, at_work}, {cancelled, at_work}, Effect::stops_run},
    JobRow{E::cancelled, {running, queued}, {cancelled, none}, Effect::finishes},
    JobRow{E::cancelled, {running, at_work}, {cancelled, at_work}, Effect::stops_run},
    JobRow{E::cancelled, {interrupted, none}, {cancelled, none}, Effect::finishes},
    JobRow{E::cancelled, {interrupted, at_work}, {cancelled, at_work}, Effect::stops_run},

    JobRow{E::retried, {receiving, none}, {receiving, queued}},
    JobRow{E::retried, {receiving, queued}, {receiving, queued}},
    JobRow{E::retried, {receiving, at_work}, {receiving, at_work}},
    JobRow{E::retried, {running, queued}, {running, queued}},
    JobRow{E::retried, {running, at_work}, {running, at_work}},
    JobRow{E::retried, {done, none}, {running, queued}},
    JobRow{E::retried, {cancelled, none}, {running, queued}},
    // The stopped run still ends, finds waiting images, and queues the job again.
    JobRow{E::retried, {cancelled, at_work}, {running, at_work}},
    JobRow{E::retried, {interrupted, none}, {running, queued}},

    JobRow{E::begun, {receiving, queued}, {receiving, at_work}},
    JobRow{E::begun, {running, queued}, {running, at_work}},

    JobRow{E::run_done, {receiving, at_work}, {receiving, none}},
    JobRow{E::run_done, {running, at_work}, {done, none}, Effect::finishes},
    JobRow{E::run_done, {cancelled, at_work}, {cancelled, none}, Effect::finishes},
    JobRow{E::run_done, {interrupted, at_work}, {interrupted, none}},
    JobRow{E::run_done, {removed, at_work}, {removed, none}},

    JobRow{E::run_open, {receiving, at_work}, {receiving, queued}},
    JobRow{E::run_open, {running, at_work}, {running, queued}},
    JobRow{E::run_open, {cancelled, at_work}, {cancelled, none}, Effect::finishes},
    JobRow{E::run_open, {interrupted, at_work}, {interrupted, none}},
    JobRow{E::run_open, {removed, at_work}, {removed, none}},

    JobRow{E::run_broken, {receiving, at_work}, {interrupted, none}},
    JobRow{E::run_broken, {running, at_work}, {interrupted, none}},
    JobRow{E::run_broken, {cancelled, at_work}, {cancelled, none}, Effect::finishes},
    JobRow{E::run_broken, {interrupted, at_work}, {interrupted, none}},
    JobRow{E::run_broken, {removed, at_work}, {removed, none}},

    JobRow{E::server_ended, {receiving, none}, {interrupted, none}},
    JobRow{E::server_ended, {receiving, queued}, {interrupted, none}},
    JobRow{E::server_ended, {receiving, at_work}, {interrupted, at_work}, Effect::stops_run},
    JobRow{E::server_ended, {running, none}, {interrupted, none}},  // the state as stored
    JobRow{E::server_ended, {running, queued}, {interrupted, none}},
    JobRow{E::server_ended, {running, at_work}, {interrupted, at_work}, Effect::stops_run},

    JobRow{E::removed, {receiving, none}, {removed, none}},
    JobRow{E::removed, {receiving, queued}, {removed, none}},
    JobRow{E::removed, {receiving, at_work}, {removed, at_work}, Effect::stops_run},
    JobRow{E::removed, {running, queued}, {removed, none}},
    JobRow{E::removed, {running, at_work}, {removed, at_work}, Effect::stops_run},
    JobRow{E::removed, {done, none}, {removed, none}},
    JobRow{E::removed, {cancelled, none}, {removed, none}},
    JobRow{E::removed, {cancelled, at_work}, {removed, at_work}, Effect::stops_run},
    JobRow{E::removed, {interrupted, none}, {removed, none}},
    JobRow{E::removed, {interrupted, at_work}, {removed, at_work}, Effect::stops_run},
};

struct ImageRowOfTable {
  ImageEvent event;
  ImageState from;
  ImageState to;
};

using S = ImageState;
using I = ImageEvent;

// A result for an image that already has one, or that was cancelled, belongs to an earlier try and
// is ignored. An image that was never started can have a result too: it could not be planned.
constexpr std::array image_table = {
    ImageRowOfTable{I::started, S::waiting, S::working},
    ImageRowOfTable{I::became_smaller, S::waiting, S::done},
    ImageRowOfTable{I::became_smaller, S::working, S::done},
    ImageRowOfTable{I::was_kept, S::waiting, S::kept},
    ImageRowOfTable{I::was_kept, S::working, S::kept},
    ImageRowOfTable{I::failed, S::waiting, S::failed},
    ImageRowOfTable{I::failed, S::working, S::failed},
    ImageRowOfTable{I::given_back, S::working, S::waiting},
    ImageRowOfTable{I::given_up, S::waiting, S::cancelled},
    ImageRowOfTable{I::given_up, S::working, S::cancelled},
    ImageRowOfTable{I::cancelled, S::waiting, S::cancelled},
    ImageRowOfTable{I::retried, S::waiting, S::waiting},
    ImageRowOfTable{I::retried, S::done, S::waiting},
    ImageRowOfTable{I::retried, S::kept, S::waiting},
    ImageRowOfTable{I::retried, S::failed, S::waiting},
    ImageRowOfTable{I::retried, S::cancelled, S::waiting},
    ImageRowOfTable{I::replaced, S::done, S::done},
    ImageRowOfTable{I::replaced, S::kept, S::done},
    ImageRowOfTable{I::replaced, S::failed, S::done},
    ImageRowOfTable{I::replaced, S::cancelled, S::done},
    ImageRowOfTable{I::replaced_by_own, S::done, S::kept},
    ImageRowOfTable{I::replaced_by_own, S::kept, S::kept},
    ImageRowOfTable{I::replaced_by_own, S::failed, S::kept},
    ImageRowOfTable{I::replaced_by_own, S::cancelled, S::kept},
};

}  // namespace

std::optional<JobStep> step(JobPhase phase, JobEvent event) {
  for (const JobRow& row : job_table) {
    if (row.event != event || row.from != phase) continue;
    return JobStep{row.to, row.effect == Effect::stops_run, row.effect == Effect::finishes};
  }
  return std::nullopt;
}

std::optional<ImageState> step(ImageState state, ImageEvent event) {
  for (const ImageRowOfTable& row : image_table) {
    if (row.event == event && row.from == state) return row.to;
  }
  return std::nullopt;
}

std::string_view name_of(JobState state) { return job_names[static_cast<std::size_t>(state)]; }
std::string_view name_of(ImageState state) { return image_names[static_cast<std::size_t>(state)]; }

}  // namespace imgmill::server
