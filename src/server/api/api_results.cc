// Handlers: the results of a whole job (writing, reports), and comparisons.
#include <chrono>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "batch/json.h"
#include "batch/report.h"
#include "schema/json_comparison.h"
#include "server/api/api.h"
#include "server/api/handlers.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

/// Thumbnails for the report, made by the workers from the job's stored files.
ReportPictures pictures_of(Api& api, const std::string& id) {
  return {.make = [&api](ByteView bytes, const ImageSettings& settings,
                         const Limits& limits) -> Result<Optimized> {
            // Shutdown should not wait for a hundred thumbnails.
            if (api.ending)
              return fail(ErrorCode::cancelled, "the server is ending", "start it again");
            return api.optimizer.optimize(bytes, settings, limits);
          },
          .width = api.workers,
          .limits = api.image_limits,
          .backup_dir = std::nullopt,
          .read = [&api, id](std::uint64_t index, PictureOf which) -> Result<Buffer> {
            const auto missing = [] {
              return fail(ErrorCode::environment, "the image is no longer there", "make it again");
            };
            auto row = api.jobs.image(id, static_cast<std::uint32_t>(index));
            if (!row) return missing();
            auto bytes = api.pictures.bytes_of(
                id, *row, which == PictureOf::original ? "original" : "output");
            if (!bytes) return missing();
            return *std::move(bytes);
          }};
}

/// Writes the report to `file`.
Answer<void> write_report(Api& api, const JobView& job, const fs::path& file) {
  const auto settings = job_settings(job.record.settings_text);
  auto report = ReportWriter::create(file, settings.value_or(default_settings()));
  if (!report) return std::unexpected(api_error(report.error()));
  BatchSummary summary;
  summary.elapsed = std::chrono::milliseconds(job.elapsed_ms());
  for (std::uint32_t from = 0;;) {
    auto rows = api.jobs.from_index(job.record.id, from, 500);
    if (!rows) return std::unexpected(std::move(rows).error());
    if (rows->empty()) break;
    from = rows->back().index + 1;
    for (const ImageRow& row : *rows) {
      const OptimizationResult result = result_of(row);
      summary.add(result);
      (*report)->on_result(result);
    }
  }
  (*report)->show_pictures(pictures_of(api, job.record.id));
  if (const auto done = (*report)->finish(summary); !done) {
    return std::unexpected(api_error(done.error()));
  }
  return {};
}

Response map_response(Comparison comparison) {
  return image_response(std::move(comparison.map), "image/png")
      .with("Imgmill-Score", dumped(comparison.score))
      .with("Cache-Control", "no-store");
}

}  // namespace

Response write_job(Api& api, const Request& request, Buffer& body) {
  auto json = object_of(body, {"to", "backup", "path"});
  if (!json) return std::move(json).error();
  const auto text = [&](const char* field) {
    return json->contains(field) && (*json)[field].is_string() ? (*json)[field].get<std::string>()
                                                               : std::string();
  };
  const std::string to = text("to");
  if (to != "in-place" && to != "folder") {
    return api_error(ApiError::bad_request, "it is not said where to write",
                     R"(send "to": "in-place" or "to": "folder" and "path")");
  }
  if (json->contains("backup") && !(*json)["backup"].is_boolean()) {
    return api_error(ApiError::bad_request, "backup is neither true nor false", "send true");
  }
  const WriteRequest wanted{to == "in-place", json->value("backup", true), text("path")};
  if (!wanted.in_place && wanted.folder.empty()) {
    return api_error(ApiError::bad_request, "the folder is not named", "send \"path\"");
  }
  auto written = api.writing.write(request.captures[0], wanted);
  return written ? json_response(*written) : std::move(written).error();
}

Response download_report(Api& api, const Request& request, Buffer& /*body*/) {
  const std::string* const wanted = request.parameter("format");
  const std::string format = wanted == nullptr ? "html" : *wanted;
  std::string_view type;
  if (format == "html") type = "text/html; charset=utf-8";
  if (format == "json") type = "application/json; charset=utf-8";
  if (format == "csv") type = "text/csv; charset=utf-8";
  if (type.empty()) {
    return api_error(ApiError::bad_request, "there is no such format of a report",
                     "write format=html, json or csv");
  }
  auto job = api.jobs.find(request.captures[0]);
  if (!job) return std::move(job).error();
  auto folder = api.jobs.cache_folder(request.captures[0]);
  if (!folder) return std::move(folder).error();
  // A unique name: two reports may be requested at once.
  const fs::path file = *folder / ("report-" + random_name(12) + "." + format);
  auto made = write_report(api, *job, file);
  auto opened = open_file(file);
  std::error_code error;
  fs::remove(file, error);
  if (!made) return std::move(made).error();
  if (!opened) return api_error(opened.error());
  const std::uint64_t size = opened->facts.size;
  Response response{.body = FileBody{std::move(opened->descriptor), size}};
  response.with("Content-Type", std::string(type));
  response.with("Content-Disposition", attachment(job->record.name + "." + format));
  // The report is self-contained: style and script are inline, and nothing else is loaded.
  response.with("Content-Security-Policy",
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                "img-src data:; sandbox allow-scripts");
  response.with("Cache-Control", "no-store");
  return response;
}

Response show_map(Api& api, const Request& request, Buffer& /*body*/) {
  const auto index = index_of(request.captures[1]);
  if (!index) {
    return api_error(ApiError::not_found, "images are numbered from 0 on",
                     "write the index of an image in digits");
  }
  const std::string& id = request.captures[0];
  auto row = api.jobs.image(id, *index);
  if (!row) return std::move(row).error();
  const std::string* const of = request.parameter("of");
  const std::string which = of == nullptr ? "output" : *of;
  auto original = api.pictures.reference_for(id, *row, which);
  if (!original) return std::move(original).error();
  auto other = api.pictures.bytes_of(id, *row, which);
  if (!other) return std::move(other).error();
  auto comparison =
      api.optimizer.compare(original->view(), other->view(), {HeatMap::yes}, api.image_limits);
  if (!comparison) return api_error(comparison.error());
  return map_response(*std::move(comparison));
}

Response compare_images(Api& api, const Request& request, Buffer& body) {
  auto parts = parts_of(request, body, "send a form with the parts original and other");
  if (!parts) return std::move(parts).error();
  body = Buffer();
  const auto original = parts->find("original");
  const auto other = parts->find("other");
  if (original == parts->end() || other == parts->end()) {
    return api_error(ApiError::bad_request, "the form lacks an image",
                     "send the parts original and other");
  }
  const std::string* const map = request.parameter("map");
  const bool wanted = map != nullptr && *map == "1";
  auto comparison = api.optimizer.compare(as_bytes(original->second), as_bytes(other->second),
                                          {wanted ? HeatMap::yes : HeatMap::no}, api.image_limits);
  if (!comparison) return api_error(comparison.error());
  if (wanted) return map_response(*std::move(comparison));
  return json_response(comparison_report(*comparison, "original", "other", nullptr));
}

}  // namespace imgmill::server
