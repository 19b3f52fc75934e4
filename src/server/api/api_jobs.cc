// Handlers: jobs, uploads and the events of a job.
#include <algorithm>
#include <charconv>
#include <deque>

#include "base/try.h"
#include "server/api/api.h"
#include "server/api/handlers.h"
#include "server/http/multipart.h"
#include "server/http/zip_stream.h"

namespace imgmill::server {
namespace {

constexpr std::uint64_t most_rows = 1000;

Response answer(Answer<JobView> job) {
  return job ? json_response(job_json(*job)) : std::move(job).error();
}

/// Receives one file, sent as the whole body.
class FileUpload final : public Call {
 public:
  FileUpload(Api& api, Uploads::Upload upload) : api_(api), upload_(std::move(upload)) {}

  std::optional<Response> receive(ByteView part) override {
    auto written = upload_.write(part);
    if (!written) return std::move(written).error();
    return std::nullopt;
  }

  void finish(Responder responder) override {
    answer_from(*api_.files, std::move(responder), [upload = std::move(upload_)]() mutable {
      auto index = upload.finish();
      return index ? json_response({{"index", *index}}, 201) : std::move(index).error();
    });
  }

 private:
  Api& api_;
  Uploads::Upload upload_;
};

/// Receives files as parts of a form. They become images when the form is complete: a form that is
/// cut off adds none.
class FormUpload final : public Call {
 public:
  FormUpload(Api& api, std::string id, const std::string& boundary)
      : api_(api), id_(std::move(id)), parser_(boundary, sink()) {}

  std::optional<Response> receive(ByteView part) override {
    // Parts that are not files are counted nowhere else, and a chunked form has no length.
    received_ += part.size();
    if (received_ > api_.jobs.limits().max_job_bytes) return too_large();
    return after(parser_.feed(as_text(part)));
  }

  static Response too_large() {
    return api_error(ApiError::too_large, "the files are larger than this server takes",
                     "divide them into several jobs");
  }

  void finish(Responder responder) override {
    if (auto refused = after(parser_.finish())) return responder(*std::move(refused));
    if (uploads_.empty()) {
      return responder(api_error(ApiError::bad_request, "the form has no files",
                                 "send at least one part with a filename"));
    }
    answer_from(*api_.files, std::move(responder), [uploads = std::move(uploads_)]() mutable {
      std::vector<std::uint32_t> indices;
      for (Uploads::Upload& upload : uploads) {
        auto index = upload.finish();
        if (!index) return std::move(index).error();
        indices.push_back(*index);
      }
      return json_response({{"indices", indices}}, 201);
    });
  }

 private:
  std::optional<Response> after(const Result<void>& parsed) {
    if (parsed) return std::nullopt;
    if (refused_) return std::exchange(refused_, std::nullopt);
    return api_error(parsed.error(), ApiError::bad_request);
  }

  /// Keeps the answer and tells the parser to stop.
  std::unexpected<Error> stop(Response why) {
    refused_ = std::move(why);
    return fail(ErrorCode::usage, "refused");
  }

  PartSink sink() {
    return {.begin = [this](const PartHead& head) -> Result<void> {
              if (!head.filename) return {};
              auto upload = api_.uploads.begin(id_, *head.filename, 0);
              if (!upload) return stop(std::move(upload).error());
              uploads_.push_back(*std::move(upload));
              in_file_ = true;
              return {};
            },
            .data = [this](ByteView bytes) -> Result<void> {
              if (!in_file_) return {};
              auto written = uploads_.back().write(bytes);
              if (!written) return stop(std::move(written).error());
              return {};
            },
            .end = [this]() -> Result<void> {
              if (in_file_) uploads_.back().close();
              in_file_ = false;
              return {};
            }};
  }

  Api& api_;
  const std::string id_;
  std::deque<Uploads::Upload> uploads_;
  bool in_file_ = false;  ///< the last file is still being received
  std::uint64_t received_ = 0;
  std::optional<Response> refused_;
  MultipartParser parser_;
};

Answer<std::optional<std::string>> settings_in(const Json& json) {
  if (!json.contains("settings") || json["settings"].is_null()) return std::nullopt;
  if (!json["settings"].is_object()) {
    return std::unexpected(api_error(ApiError::bad_settings, "settings is not an object",
                                     "send {} for the usual settings"));
  }
  return dumped(json["settings"]);
}

Answer<std::string> text_in(const Json& json, const char* field) {
  if (!json.contains(field) || json[field].is_null()) return std::string();
  if (!json[field].is_string()) {
    return std::unexpected(
        api_error(ApiError::bad_request, std::string(field) + " is not a text", "send a string"));
  }
  return json[field].get<std::string>();
}

Answer<NewJob> new_job(const Json& json) {
  NewJob job;
  auto settings = settings_in(json);
  if (!settings) return std::unexpected(std::move(settings).error());
  if (*settings) job.settings_text = **std::move(settings);
  auto name = text_in(json, "name");
  if (!name) return std::unexpected(std::move(name).error());
  job.name = *std::move(name);
  const Json source = json.value("source", Json());
  const std::string kind =
      source.is_object() && source.contains("kind") && source["kind"].is_string()
          ? source["kind"].get<std::string>()
          : std::string();
  if (kind == "uploads") return job;
  if (kind != "folder") {
    return std::unexpected(
        api_error(ApiError::bad_request, "it is not said where the images come from",
                  R"(send "source": {"kind": "uploads"} or {"kind": "folder", "path": "/..."})"));
  }
  auto path = text_in(source, "path");
  if (!path) return std::unexpected(std::move(path).error());
  job.kind = SourceKind::folder;
  job.folder = *std::move(path);
  if (!source.contains("files")) return job;
  const Json& files = source["files"];
  const bool sound = files.is_array() && std::ranges::all_of(files, &Json::is_string);
  if (!sound) {
    return std::unexpected(api_error(ApiError::bad_request, "files is not an array of names",
                                     "leave it out for all images of the folder"));
  }
  job.files.emplace();
  for (const Json& file : files) job.files->emplace_back(file.get<std::string>());
  return job;
}

}  // namespace

Response list_jobs(Api& api, const Request& /*request*/, Buffer& /*body*/) {
  Json jobs = Json::array();
  for (const JobView& job : api.jobs.list()) jobs.push_back(job_json(job));
  return json_response({{"jobs", std::move(jobs)}});
}

Response create_job(Api& api, const Request& /*request*/, Buffer& body) {
  auto json = object_of(body, {"source", "settings", "name"});
  if (!json) return std::move(json).error();
  auto wanted = new_job(*json);
  if (!wanted) return std::move(wanted).error();
  auto job = api.jobs.create(*wanted);
  if (!job) return std::move(job).error();
  return json_response(job_json(*job), 201).with("Location", "/api/jobs/" + job->record.id);
}

Response show_job(Api& api, const Request& request, Buffer& /*body*/) {
  return answer(api.jobs.find(request.captures[0]));
}

Response delete_job(Api& api, const Request& request, Buffer& /*body*/) {
  auto removed = api.jobs.remove(request.captures[0]);
  if (!removed) return std::move(removed).error();
  api.pictures.forget(request.captures[0]);
  return {.status = 204};
}

Opened upload_file(Api& api, Request request) {
  const std::string* const name = request.parameter("name");
  if (name == nullptr) {
    return std::unexpected(api_error(ApiError::bad_request, "the file has no name",
                                     "add ?name=holiday/beach.jpg to the address"));
  }
  auto upload = api.uploads.begin(request.captures[0], *name, request.body_bytes);
  if (!upload) return std::unexpected(std::move(upload).error());
  return std::make_unique<FileUpload>(api, *std::move(upload));
}

Opened upload_form(Api& api, Request request) {
  const std::string* const type = request.header("Content-Type");
  const auto boundary = type == nullptr ? std::nullopt : boundary_of(*type);
  if (!boundary) {
    return std::unexpected(api_error(ApiError::unsupported_media_type,
                                     "the body is not multipart/form-data",
                                     "send a form with files, or PUT one file as the body"));
  }
  auto job = api.jobs.find(request.captures[0]);
  if (!job) return std::unexpected(std::move(job).error());
  if (job->record.state != JobState::receiving) {
    return std::unexpected(
        api_error(ApiError::conflict, "the job takes no more files", "create another job"));
  }
  if (request.body_bytes > api.jobs.limits().max_job_bytes) {
    return std::unexpected(FormUpload::too_large());
  }
  return std::make_unique<FormUpload>(api, request.captures[0], *boundary);
}

Response complete_job(Api& api, const Request& request, Buffer& /*body*/) {
  return answer(api.jobs.complete(request.captures[0]));
}

Response cancel_job(Api& api, const Request& request, Buffer& /*body*/) {
  return answer(api.jobs.cancel(request.captures[0]));
}

Response retry_job(Api& api, const Request& request, Buffer& body) {
  auto json = object_of(body, {"indices", "settings"});
  if (!json) return std::move(json).error();
  auto settings = settings_in(*json);
  if (!settings) return std::move(settings).error();
  std::optional<std::vector<std::uint32_t>> indices;
  if (json->contains("indices") && !(*json)["indices"].is_null()) {
    const Json& list = (*json)["indices"];
    indices.emplace();
    const bool sound = list.is_array() && std::ranges::all_of(list, [&](const Json& item) {
                         if (!item.is_number_unsigned() || item.get<std::uint64_t>() > UINT32_MAX)
                           return false;
                         indices->push_back(item.get<std::uint32_t>());
                         return true;
                       });
    if (!sound) {
      return api_error(ApiError::bad_request, "indices is not an array of whole numbers",
                       "send the index of each image that is to go again");
    }
  }
  return answer(api.jobs.retry(request.captures[0], indices, *settings));
}

Response list_images(Api& api, const Request& request, Buffer& /*body*/) {
  auto limit = number_parameter(request, "limit", 200, most_rows);
  if (!limit) return std::move(limit).error();
  auto after = number_parameter(request, "after", 0, UINT64_MAX / 2);
  if (!after) return std::move(after).error();
  auto offset = number_parameter(request, "offset", 0, UINT32_MAX);
  if (!offset) return std::move(offset).error();
  const std::string& id = request.captures[0];
  const int count = static_cast<int>(std::max<std::uint64_t>(*limit, 1));
  const bool by_index =
      request.parameter("offset") != nullptr && request.parameter("after") == nullptr;
  // Read first: rows that change in between are then sent twice rather than never.
  auto job = api.jobs.find(id);
  if (!job) return std::move(job).error();
  auto rows = by_index ? api.jobs.from_index(id, static_cast<std::uint32_t>(*offset), count)
                       : api.jobs.changed_after(id, *after, count);
  if (!rows) return std::move(rows).error();
  Json images = Json::array();
  for (const ImageRow& row : *rows) images.push_back(image_json(row));
  std::uint64_t sequence = job->sequence;
  if (!by_index) sequence = rows->empty() ? *after : rows->back().sequence;
  return json_response({{"images", std::move(images)}, {"sequence", sequence}});
}

Response stream_events(Api& api, const Request& request, Buffer& /*body*/) {
  auto job = api.jobs.find(request.captures[0]);
  if (!job) return std::move(job).error();
  std::uint64_t sequence = 0;
  if (const std::string* const last = request.header("Last-Event-ID")) {
    const auto [end, error] = std::from_chars(last->data(), last->data() + last->size(), sequence);
    if (error != std::errc() || end != last->data() + last->size()) {
      return api_error(ApiError::bad_request, "Last-Event-ID is not a number",
                       "send the id of the last event that has come, or leave it out");
    }
  }
  Response response{.body = api.events.stream(request.captures[0], sequence)};
  response.with("Content-Type", "text/event-stream; charset=utf-8");
  response.with("Cache-Control", "no-store");
  return response;
}

Response download_zip(Api& api, const Request& request, Buffer& /*body*/) {
  const std::string& id = request.captures[0];
  auto job = api.jobs.find(id);
  if (!job) return std::move(job).error();
  const std::string* const asked = request.parameter("originals");
  const bool failed_too = asked != nullptr && *asked == "1";
  // The list of entries is fixed now; each file is opened once the client has read the ones before
  // it.
  std::deque<std::pair<std::string, ImageRow>> wanted;
  for (std::uint32_t next = 0;;) {
    auto rows = api.jobs.from_index(id, next, 500);
    if (!rows) return std::move(rows).error();
    if (rows->empty()) break;
    next = rows->back().index + 1;
    for (const ImageRow& row : *rows) {
      if (row.stored.empty() && failed_too && row.state == ImageState::failed) {
        // In a folder of its own: another image's output may have the same name by now.
        wanted.emplace_back("not-optimized/" + tame_name(row.name), row);
      }
      if (row.stored.empty()) continue;
      ImageRow& kept = wanted.emplace_back(tame_name(row.output_name), ImageRow()).second;
      kept.stored = row.stored;
    }
  }
  ZipEntries entries = [&api, id, wanted = std::move(wanted)]() mutable -> std::optional<ZipEntry> {
    while (!wanted.empty()) {
      const auto [name, row] = std::move(wanted.front());
      wanted.pop_front();
      auto file =
          row.stored.empty() ? api.jobs.open_original(id, row) : api.jobs.open_output(id, row);
      if (file) return ZipEntry{name, *std::move(file)};
    }
    return std::nullopt;
  };
  Response response{.body = zip_of(std::move(entries))};
  response.with("Content-Type", "application/zip");
  response.with("Content-Disposition", attachment(job->record.name + ".zip"));
  response.with("Cache-Control", "no-store");
  return response;
}

}  // namespace imgmill::server
