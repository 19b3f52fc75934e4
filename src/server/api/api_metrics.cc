// Handler: metrics for monitoring, in the text format of Prometheus.
#include <fmt/format.h>

#include "server/api/api.h"
#include "server/api/handlers.h"

namespace imgmill::server {
namespace {

/// Writes metrics as lines of text (Prometheus, "Exposition formats").
class Metrics {
 public:
  void begin(std::string_view name, std::string_view kind, std::string_view help) {
    name_ = name;
    text_ += fmt::format("# HELP imgmill_{} {}\n# TYPE imgmill_{} {}\n", name, help, name, kind);
  }
  template <typename Number>
  void value(Number number, std::string_view labels = {}) {
    text_ += labels.empty() ? fmt::format("imgmill_{} {}\n", name_, number)
                            : fmt::format("imgmill_{}{{{}}} {}\n", name_, labels, number);
  }
  template <typename Number>
  void one(std::string_view name, std::string_view kind, std::string_view help, Number number) {
    begin(name, kind, help);
    value(number);
  }
  std::string take() { return std::move(text_); }

 private:
  std::string name_;
  std::string text_;
};

double seconds(std::chrono::microseconds time) { return static_cast<double>(time.count()) / 1e6; }

void put_jobs(Metrics& metrics, const JobCounts& counts) {
  metrics.one("jobs_created_total", "counter", "Jobs since the server started.", counts.created);
  metrics.begin("jobs", "gauge", "Jobs in the workspace.");
  for (const JobState state : {JobState::receiving, JobState::running, JobState::done,
                               JobState::cancelled, JobState::interrupted}) {
    metrics.value(counts.states[static_cast<std::size_t>(state)],
                  fmt::format("state=\"{}\"", name_of(state)));
  }
  metrics.one("jobs_at_work", "gauge", "Jobs being worked on.", counts.at_work);
  metrics.one("jobs_waiting", "gauge", "Jobs that wait for their turn.", counts.waiting);
}

void put_runs(Metrics& metrics, const RunTotals& totals) {
  metrics.one("images_total", "counter", "Images of jobs with an outcome.", totals.images);
  metrics.one("images_failed_total", "counter", "Of these: failed.", totals.failed);
  metrics.one("images_kept_total", "counter", "Of these: nothing smaller was found.", totals.kept);
  metrics.one("bytes_before_total", "counter", "Bytes of their originals.", totals.bytes_before);
  metrics.one("bytes_after_total", "counter", "Bytes of their outputs.", totals.bytes_after);
  metrics.begin("stage_seconds_total", "counter", "Time in each stage, summed over threads.");
  metrics.value(seconds(totals.busy.plan), "stage=\"plan\"");
  metrics.value(seconds(totals.busy.validate), "stage=\"validate\"");
  metrics.value(seconds(totals.busy.read), "stage=\"read\"");
  metrics.value(seconds(totals.busy.process), "stage=\"process\"");
  metrics.value(seconds(totals.busy.write), "stage=\"write\"");
  metrics.begin("queue_depth_peak", "gauge", "Most entries in each queue of a job.");
  metrics.value(totals.queues.to_read, "queue=\"to_read\"");
  metrics.value(totals.queues.to_process, "queue=\"to_process\"");
  metrics.value(totals.queues.to_write, "queue=\"to_write\"");
}

void put_pool(Metrics& metrics, const PoolMetrics& pool) {
  metrics.one("workers", "gauge", "Worker processes, at most.", pool.size);
  metrics.one("workers_active", "gauge", "Workers at work on an image.", pool.active);
  metrics.one("worker_images_total", "counter", "Images answered by workers.", pool.images);
  metrics.one("worker_starts_total", "counter", "Worker processes started.", pool.spawns);
  metrics.one("worker_restarts_total", "counter", "Of these: in place of one that failed.",
              pool.restarts);
  metrics.one("worker_recycled_total", "counter",
              "Of these: in place of one that had done its share.", pool.recycled);
  metrics.begin("worker_faults_total", "counter", "Workers that failed, by kind.");
  for (const auto& [kind, count] : pool.faults) {
    metrics.value(count, fmt::format("kind=\"{}\"", kind));
  }
}

}  // namespace

Response show_metrics(Api& api, const Request& /*request*/, Buffer& /*body*/) {
  Metrics metrics;
  put_jobs(metrics, api.jobs.counts());
  put_runs(metrics, api.runner.totals());
  metrics.one("single_images_total", "counter", "Images of POST /api/optimize.",
              api.single_images.load());
  metrics.one("single_images_failed_total", "counter", "Of these: failed.",
              api.single_failures.load());
  metrics.one("listeners", "gauge", "Streams of events.", api.events.listeners());
  if (const auto pool = api.pool()) put_pool(metrics, *pool);
  const ConnectionCounts http = api.connections();
  metrics.one("connections", "gauge", "Connections right now.", http.connections);
  metrics.one("requests_total", "counter", "Requests so far.", http.requests);
  metrics.one("connections_timed_out_total", "counter", "Connections that were too slow.",
              http.timed_out);
  Response response{.body = metrics.take()};
  response.with("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  response.with("Cache-Control", "no-store");
  return response;
}

}  // namespace imgmill::server
