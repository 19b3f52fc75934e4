// The transaction behind every change of a job. Included by the files that implement Jobs only.
#pragma once

#include "base/try.h"
#include "server/http/api_error.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// A change in progress: the job's next state, and the store's rows.
struct Jobs::Change {
  JobView next;
  JobRows& rows;
  bool stops_run = false;

  /// Applies the event. Returns false if it is not allowed in the job's state.
  bool happens(JobEvent event);
  /// Stores `after` in place of `before` and updates the totals. Errors: environment.
  Result<void> put(const ImageRow& before, ImageRow& after);
  /// Applies the event to all images in these states. Errors: environment.
  Result<void> put_all(std::vector<ImageState> from, ImageEvent event);
  Result<void> count_anew();
};

[[nodiscard]] inline std::unexpected<Response> no(ApiError why, std::string_view message,
                                                  std::string_view advice) {
  return std::unexpected(api_error(why, message, advice));
}
[[nodiscard]] inline std::unexpected<Response> no(const Error& error) {
  return std::unexpected(api_error(error));
}
[[nodiscard]] inline std::unexpected<Response> no_such_job() {
  return no(ApiError::not_found, "there is no such job", "GET /api/jobs lists those there are");
}
[[nodiscard]] inline std::unexpected<Response> no_such_image() {
  return no(ApiError::not_found, "there is no such image in the job",
            "GET /api/jobs/ID/images lists those there are");
}

/// Converts an error of the store to the caller's type: a Result or an Answer.
template <typename Wanted>
[[nodiscard]] Wanted told_as(const Error& error) {
  if constexpr (std::is_same_v<Wanted, Response>) {
    return api_error(error);
  } else {
    return error;
  }
}

/// Runs `body` on a new change. An error of `body` or of the store leaves everything unchanged.
/// `body` returns a Result or an Answer, and so does this function.
template <typename Body>
auto Jobs::change(const JobPtr& job, Body body) {
  using Outcome = std::invoke_result_t<Body, Change&>;
  const std::lock_guard changing(job->changing);
  std::optional<Outcome> outcome;
  JobView next = view(*job);
  bool stops_run = false;
  const Result<void> written = store_->write([&](JobRows& rows) -> Result<void> {
    Change change{next, rows};
    outcome.emplace(body(change));
    if (!*outcome)
      return fail(ErrorCode::usage, "refused");  // rolls back; the outcome has the
                                                 // reason
    const bool same = change.next.record == next.record;
    next = std::move(change.next);
    stops_run = change.stops_run;
    return same ? Result<void>() : rows.update(next.record);
  });
  if (outcome && !*outcome) return *std::move(outcome);
  if (!written) {
    return Outcome(std::unexpect, told_as<typename Outcome::error_type>(written.error()));
  }
  show(job, std::move(next), stops_run);
  return *std::move(outcome);
}

/// Reads rows of a job. `body` returns a Result.
template <typename Body>
auto Jobs::look(const Job& job, Body body) {
  return store_->read([&](JobRows& rows) { return body(rows, job.key); });
}

[[nodiscard]] std::int64_t unix_ms();
[[nodiscard]] FileIdentity identity_of(const FileFacts& facts);

}  // namespace imgmill::server
