#include "server/jobs/job_state_machine.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>
#include <vector>

namespace imgmill::server {
namespace {

constexpr std::array turn_names = {"none", "queued", "at work"};
constexpr std::array event_names = {"image_came",   "completed", "cancelled", "retried",
                                    "begun",        "run_done",  "run_open",  "run_broken",
                                    "server_ended", "removed"};
constexpr std::array image_event_names = {"started",    "became_smaller", "was_kept",  "failed",
                                          "given_back", "given_up",       "cancelled", "retried",
                                          "replaced",   "replaced_by_own"};

/// "running, queued", or "-" if nothing happens; '!': the run is stopped, '.': the job is finished.
std::string told(const std::optional<JobStep>& step) {
  if (!step) return "-";
  return std::string(name_of(step->next.state)) + ", " +
         turn_names[static_cast<std::size_t>(step->next.queue_state)] +
         (step->stops_run ? "!" : "") + (step->finishes ? "." : "");
}

template <typename Body>
void for_each_step(Body body) {
  for (std::size_t state = 0; state < job_states; ++state) {
    for (std::size_t queue_state = 0; queue_state < queue_states; ++queue_state) {
      for (std::size_t event = 0; event < job_events; ++event) {
        body(JobPhase{static_cast<JobState>(state), static_cast<QueueState>(queue_state)},
             static_cast<JobEvent>(event));
      }
    }
  }
}

// All 180 transitions, written once more by hand: state and queue state, then the events in order.
const std::map<std::string, std::vector<std::string>>& expected() {
  static const std::map<std::string, std::vector<std::string>> rows = {
      {"receiving, none",
       {"receiving, queued", "running, queued", "cancelled, none.", "receiving, queued", "-", "-",
        "-", "-", "interrupted, none", "removed, none"}},
      {"receiving, queued",
       {"receiving, queued", "running, queued", "cancelled, none.", "receiving, queued",
        "receiving, at work", "-", "-", "-", "interrupted, none", "removed, none"}},
      {"receiving, at work",
       {"receiving, at work", "running, at work", "cancelled, at work!", "receiving, at work", "-",
        "receiving, none", "receiving, queued", "interrupted, none", "interrupted, at work!",
        "removed, at work!"}},
      // Only as left by an earlier server.
      {"running, none", {"-", "-", "-", "-", "-", "-", "-", "-", "interrupted, none", "-"}},
      {"running, queued",
       {"-", "-", "cancelled, none.", "running, queued", "running, at work", "-", "-", "-",
        "interrupted, none", "removed, none"}},
      {"running, at work",
       {"-", "-", "cancelled, at work!", "running, at work", "-", "done, none.", "running, queued",
        "interrupted, none", "interrupted, at work!", "removed, at work!"}},
      {"done, none", {"-", "-", "-", "running, queued", "-", "-", "-", "-", "-", "removed, none"}},
      {"cancelled, none",
       {"-", "-", "-", "running, queued", "-", "-", "-", "-", "-", "removed, none"}},
      {"cancelled, at work",
       {"-", "-", "-", "running, at work", "-", "cancelled, none.", "cancelled, none.",
        "cancelled, none.", "-", "removed, at work!"}},
      {"interrupted, none",
       {"-", "-", "cancelled, none.", "running, queued", "-", "-", "-", "-", "-", "removed, none"}},
      {"interrupted, at work",
       {"-", "-", "cancelled, at work!", "-", "-", "interrupted, none", "interrupted, none",
        "interrupted, none", "-", "removed, at work!"}},
      {"removed, at work",
       {"-", "-", "-", "-", "-", "removed, none", "removed, none", "removed, none", "-", "-"}},
  };
  return rows;
}

TEST(JobPhase, EveryStepOfAJob) {
  const std::vector<std::string> nothing(job_events, "-");
  int steps = 0;
  for_each_step([&](JobPhase phase, JobEvent event) {
    const std::string from = told(JobStep{phase});
    const auto found = expected().find(from);
    const auto& row = found == expected().end() ? nothing : found->second;
    EXPECT_EQ(told(step(phase, event)), row.at(static_cast<std::size_t>(event)))
        << from << " and " << event_names[static_cast<std::size_t>(event)];
    ++steps;
  });
  EXPECT_EQ(steps, 180);
}

// Invariants that hold whatever the table says.
TEST(JobPhase, NoStepOfAJobBreaksARule) {
  for_each_step([](JobPhase phase, JobEvent event) {
    const auto taken = step(phase, event);
    if (!taken) return;
    const std::string what =
        told(JobStep{phase}) + " and " + event_names[static_cast<std::size_t>(event)];
    // Only runs begin and end work, and a current run is stopped, never dropped.
    const bool ends =
        event == JobEvent::run_done || event == JobEvent::run_open || event == JobEvent::run_broken;
    EXPECT_EQ(taken->next.queue_state == QueueState::at_work,
              (phase.queue_state == QueueState::at_work && !ends) || event == JobEvent::begun)
        << what;
    EXPECT_FALSE(taken->stops_run && phase.queue_state != QueueState::at_work) << what;
    // A queued job has work to do.
    if (taken->next.queue_state == QueueState::queued) {
      EXPECT_TRUE(taken->next.state == JobState::receiving ||
                  taken->next.state == JobState::running)
          << what;
    }
    // A running job gets its turn.
    EXPECT_FALSE(taken->next.state == JobState::running &&
                 taken->next.queue_state == QueueState::none)
        << what;
    // A job finishes at one moment, and then nothing is at work.
    if (taken->finishes) {
      EXPECT_EQ(taken->next.queue_state, QueueState::none) << what;
    }
    if (phase.state == JobState::removed) {
      EXPECT_EQ(taken->next.state, JobState::removed) << what;
    }
  });
}

TEST(JobPhase, EveryStepOfAnImage) {
  // States in their order; '-' where nothing happens.
  const std::map<ImageEvent, std::vector<std::string>> rows = {
      {ImageEvent::started, {"working", "-", "-", "-", "-", "-"}},
      {ImageEvent::became_smaller, {"done", "done", "-", "-", "-", "-"}},
      {ImageEvent::was_kept, {"kept", "kept", "-", "-", "-", "-"}},
      {ImageEvent::failed, {"failed", "failed", "-", "-", "-", "-"}},
      {ImageEvent::given_back, {"-", "waiting", "-", "-", "-", "-"}},
      {ImageEvent::given_up, {"cancelled", "cancelled", "-", "-", "-", "-"}},
      {ImageEvent::cancelled, {"cancelled", "-", "-", "-", "-", "-"}},
      {ImageEvent::retried, {"waiting", "-", "waiting", "waiting", "waiting", "waiting"}},
      {ImageEvent::replaced, {"-", "-", "done", "done", "done", "done"}},
      {ImageEvent::replaced_by_own, {"-", "-", "kept", "kept", "kept", "kept"}},
  };
  ASSERT_EQ(rows.size(), image_events);
  for (const auto& [event, row] : rows) {
    for (std::size_t state = 0; state < image_states; ++state) {
      const auto to = step(static_cast<ImageState>(state), event);
      EXPECT_EQ(to ? std::string(name_of(*to)) : "-", row.at(state))
          << name_of(static_cast<ImageState>(state)) << " and "
          << image_event_names[static_cast<std::size_t>(event)];
    }
  }
}

/// A model of the server independent of the table: the users' last requests, what waits, and what
/// is at work.
struct Model {
  bool removed = false, server_gone = false, more_come = true;
  bool wish_cancelled = false, finished = false, broken = false;
  bool in_queue = false, working = false;

  [[nodiscard]] bool wanted() const {
    return !removed && !server_gone && !wish_cancelled && !finished && !broken;
  }
  [[nodiscard]] JobState state() const {
    if (removed) return JobState::removed;
    if (wish_cancelled) return JobState::cancelled;
    if (server_gone || broken) return JobState::interrupted;
    if (finished) return JobState::done;
    return more_come ? JobState::receiving : JobState::running;
  }
  void go() {
    if (!working) in_queue = true;
  }
};

TEST(JobPhase, RandomSequencesGoAsTheModelSays) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    std::mt19937 random(seed);
    JobPhase phase;
    Model model;
    std::string story;
    for (int i = 0; i < 60; ++i) {
      const auto event = static_cast<JobEvent>(random() % job_events);
      // Rarer than other events, since after it only running work ends.
      if (event == JobEvent::server_ended && random() % 4 != 0) continue;
      story += std::string(event_names[static_cast<std::size_t>(event)]) + " ";
      const bool run_ends =
          model.working && (event == JobEvent::run_done || event == JobEvent::run_open ||
                            event == JobEvent::run_broken);
      if (run_ends) model.working = false;
      switch (event) {
        case JobEvent::image_came:
          if (model.wanted() && model.more_come) model.go();
          break;
        case JobEvent::completed:
          if (model.wanted() && model.more_come) {
            model.more_come = false;
            model.go();
          }
          break;
        case JobEvent::cancelled:
          if (model.removed || model.finished || model.wish_cancelled) break;
          model.wish_cancelled = true;
          model.more_come = false;
          model.in_queue = false;
          break;
        case JobEvent::retried: {
          const bool ending = model.server_gone && !model.wish_cancelled && model.working;
          if (model.removed || ending) break;
          if (!model.wanted()) model.more_come = false;
          model.server_gone = model.broken = model.finished = model.wish_cancelled = false;
          model.go();
          break;
        }
        case JobEvent::begun:
          if (!model.in_queue) break;
          model.in_queue = false;
          model.working = true;
          break;
        case JobEvent::run_done:
          if (run_ends && model.wanted() && !model.more_come) model.finished = true;
          break;
        case JobEvent::run_open:
          if (run_ends && model.wanted()) model.in_queue = true;
          break;
        case JobEvent::run_broken:
          if (run_ends && model.wanted()) model.broken = true;
          break;
        case JobEvent::server_ended:
          if (!model.wanted()) break;
          model.server_gone = true;
          model.in_queue = false;
          break;
        case JobEvent::removed:
          model.removed = true;
          model.in_queue = false;
          break;
      }
      if (const auto taken = step(phase, event)) phase = taken->next;
      const QueueState queue_state = model.working    ? QueueState::at_work
                                     : model.in_queue ? QueueState::queued
                                                      : QueueState::none;
      ASSERT_EQ(told(JobStep{phase}), told(JobStep{{model.state(), queue_state}}))
          << "seed " << seed << ": " << story;
    }
  }
}

}  // namespace
}  // namespace imgmill::server
