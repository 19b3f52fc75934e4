// What the handlers of requests work with.
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

/// Everything a handler may use. Thread-safe in all its parts.
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
  std::function<std::optional<PoolMetrics>()> pool;  ///< of worker processes
  std::function<ConnectionCounts()> connections;
  int workers = 1;                               ///< images in work at once
  std::atomic<std::uint64_t> single_images = 0;  ///< POST /api/optimize so far
  std::atomic<std::uint64_t> single_failures = 0;
  std::atomic<bool> ending = false;  ///< what takes long is not begun any more
  ThreadPool* files = nullptr;       ///< who waits for disks; set by the desk
};

/// The JSON object of a body with no fields but `known`; an empty body is {}.
[[nodiscard]] Answer<Json> object_of(const Buffer& body,
                                     std::initializer_list<std::string_view> known);
/// The parts of a form, in memory; `advice` for a body that is none.
[[nodiscard]] Answer<std::map<std::string, std::string>> parts_of(const Request& request,
                                                                  const Buffer& body,
                                                                  std::string_view advice);
/// A whole number from 0 to `most`, written in digits; `otherwise` when it is not there.
[[nodiscard]] Answer<std::uint64_t> number_parameter(const Request& request, std::string_view name,
                                                     std::uint64_t otherwise, std::uint64_t most);
/// The index of an image in an address.
[[nodiscard]] Answer<std::uint32_t> index_of(std::string_view text);
/// Has one of these hands work, and answer.
void answer_from(ThreadPool& hands, Responder responder, std::move_only_function<Response()> work);
/// "ISO 8859-1 or nothing" is what a header can hold: everything else becomes \uXXXX.
[[nodiscard]] std::string ascii(const Json& json);

}  // namespace imgmill::server
