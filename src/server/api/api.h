// The state and helper functions shared by all request handlers.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "imgmill/batch.h"
#include "server/api/download_tokens.h"
#include "server/api/event_stream.h"
#include "server/http/api_error.h"
#include "server/http/guard.h"
#include "server/http/http.h"
#include "server/http/http_server.h"
#include "server/http/thread_pool.h"
#include "server/jobs/jobs.h"
#include "server/jobs/names.h"
#include "server/jobs/pictures.h"
#include "server/jobs/runner.h"
#include "server/jobs/uploads.h"
#include "server/jobs/writing.h"

namespace imgmill::server {

/// Everything a handler may use. Each member is thread-safe.
struct Api {
  Jobs& jobs;
  Uploads& uploads;
  Runner& runner;
  ImageOptimizer& optimizer;
  const Roots& roots;
  const Guard& guard;
  DownloadTokens& download_tokens;
  Pictures& pictures;
  EventStream& events;
  Writing& writing;
  Limits image_limits;
  std::string isolation;                             ///< "process" or "thread"
  std::function<std::optional<PoolMetrics>()> pool;  ///< metrics of the worker processes
  std::function<ConnectionCounts()> connections;
  int workers = 1;                               ///< images processed at once
  std::atomic<std::uint64_t> single_images = 0;  ///< POST /api/optimize so far
  std::atomic<std::uint64_t> single_failures = 0;
  std::atomic<bool> ending = false;  ///< shutting down: long tasks are no longer started
  ThreadPool* files = nullptr;       ///< for tasks that wait for disks; set by the Dispatcher
};

/// Parses the body as a JSON object with no fields other than `known`; an empty body is {}.
[[nodiscard]] Answer<Json> object_of(const Buffer& body,
                                     std::initializer_list<std::string_view> known);
/// Returns the parts of a form, in memory. `advice` is the advice if the body is not a form.
[[nodiscard]] Answer<std::map<std::string, std::string>> parts_of(const Request& request,
                                                                  const Buffer& body,
                                                                  std::string_view advice);
/// Returns an integer parameter from 0 to `most`, written in digits; `otherwise` if it is absent.
[[nodiscard]] Answer<std::uint64_t> number_parameter(const Request& request, std::string_view name,
                                                     std::uint64_t otherwise, std::uint64_t most);
/// Parses the index of an image in an address.
[[nodiscard]] Answer<std::uint32_t> index_of(std::string_view text);
/// Runs `work` on a thread of `hands`, which then answers with its response.
void answer_from(ThreadPool& hands, Responder responder, std::move_only_function<Response()> work);
/// JSON text for a header value: everything outside ASCII becomes \uXXXX.
[[nodiscard]] std::string ascii(const Json& json);

}  // namespace imgmill::server
