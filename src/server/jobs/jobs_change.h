// How a job is changed. For the files that make up Jobs.
#pragma once

#include "base/try.h"
#include "server/http/api_error.h"
#include "server/jobs/jobs.h"

namespace imgmill::server {

/// A change that is being made: what the job becomes, and the store to write the rest to.
struct Jobs::Change {
  JobView next;
  JobRows& rows;
  bool stops_run = false;

  /// False where that cannot happen to the job as it is.
  bool happens(JobEvent event);
  /// What the store should hold for `before`, counted. Errors: environment.
  Result<void> put(const ImageRow& before, ImageRow& after);
  /// What happens to all images in these states. Errors: environment.
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

/// An error of the store for whoever wants an Error, and for whoever wants an answer.
template <typename Wanted>
[[nodiscard]] Wanted told_as(const Error& error) {
  if constexpr (std::is_same_v<Wanted, Response>) {
    return api_error(error);
  } else {
    return error;
  }
}

/// Runs `body` with the change it is to make. An error of its own, or of the store, leaves
/// everything as it was. `body` gives a Result or an Answer, and so does this.
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
    if (!*outcome) return fail(ErrorCode::usage, "refused");  // rolls back; the outcome says why
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

/// Reads rows of a job. `body` gives a Result.
template <typename Body>
auto Jobs::look(const Job& job, Body body) {
  return store_->read([&](JobRows& rows) { return body(rows, job.key); });
}

[[nodiscard]] std::int64_t unix_ms();
[[nodiscard]] FileIdentity identity_of(const FileFacts& facts);

}  // namespace imgmill::server
