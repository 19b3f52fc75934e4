// Handlers: operations that do not concern a job.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <system_error>

#include "base/file_names.h"
#include "base/text.h"
#include "base/try.h"
#include "imgmill/version.h"
#include "platform/folder.h"
#include "schema/json_outcome.h"
#include "schema/json_settings.h"
#include "server/api/api.h"
#include "server/api/description.h"
#include "server/api/handlers.h"
#include "server/http/multipart.h"
#include "server/http/page.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

/// Reads settings from a query or a form, for scripts: each field is one of the settings object, in
/// short form.
Answer<std::string> settings_in(const std::vector<Field>& fields) {
  const auto whole = std::ranges::find(fields, "settings", &Field::name);
  if (whole != fields.end()) return whole->value;
  Json json = Json::object();
  const auto number = [](const std::string& text) {
    Json value = Json::parse(text, nullptr, false);
    return value.is_number() ? value : Json(text);
  };
  Json resize = Json::object();
  for (const Field& field : fields) {
    if (field.name == "target" || field.name == "quality") {
      json[field.name] = number(field.value);
    } else if (field.name == "format") {
      json["outputFormat"] = field.value;
    } else if (field.name == "effort") {
      json["effort"] = field.value;
    } else if (field.name == "lossless") {
      json["lossless"] = field.value == "1" || field.value == "true";
    } else if (field.name == "maxBytes") {
      json["maxBytes"] = number(field.value);
    } else if (field.name == "width" || field.name == "height") {
      resize[field.name] = number(field.value);
    } else if (field.name == "longest") {
      resize["mode"] = "longest";
      resize["size"] = number(field.value);
    } else if (field.name == "keep") {
      if (field.value == "all" || field.value == "none") {
        json["keep"] = field.value;
      } else {
        Json& list = json["keep"] = Json::array();
        for (std::string_view rest = field.value; !rest.empty();) {
          const std::string_view word = rest.substr(0, rest.find(','));
          rest.remove_prefix(std::min(rest.size(), word.size() + 1));
          list.push_back(word);
        }
      }
    } else {
      return std::unexpected(api_error(ApiError::bad_settings,
                                       "there is no parameter '" + printable(field.name) + "'",
                                       "see /api/openapi.json, or send settings=JSON"));
    }
  }
  if (!resize.empty() && !resize.contains("mode")) {
    resize["mode"] = resize.size() == 2 ? "fit" : resize.contains("width") ? "width" : "height";
  }
  if (!resize.empty()) json["resize"] = std::move(resize);
  return dumped(json);
}

// Someone is waiting for the number, and other requests for the thread.
constexpr std::uint64_t most_counted = 500'000;
constexpr std::chrono::milliseconds counting_time{1500};

struct Below {
  std::uint64_t images = 0;
  bool all = true;  ///< false: counting stopped at a limit
};

/// Counts the images that a job for `folder` would find, by name; like a job, it does not follow
/// links to folders. Stops after `most` names or at `deadline`, since this may be a whole disk.
Below images_below(const fs::path& folder, std::uint64_t most,
                   std::chrono::steady_clock::time_point deadline) {
  Below found;
  std::vector<fs::path> open{folder};
  while (!open.empty()) {
    const fs::path here = std::move(open.back());
    open.pop_back();
    const Result<FolderListing> listing = list_folder(here);
    if (!listing) continue;  // The job will report it; the count is only an aid.
    if (listing->size() > most || std::chrono::steady_clock::now() > deadline) {
      found.all = false;
      return found;
    }
    most -= listing->size();
    for (std::size_t i = 0; i < listing->size(); ++i) {
      const FolderListing::Entry entry = (*listing)[i];
      if (entry.name.starts_with('.')) continue;
      if (entry.kind == EntryKind::folder) open.push_back(here / entry.name);
      const bool file = entry.kind == EntryKind::file || entry.kind == EntryKind::link;
      if (file && format_of_name(entry.name)) ++found.images;
    }
  }
  return found;
}

}  // namespace

Response show_info(Api& api, const Request& /*request*/, Buffer& /*body*/) {
  Json json;
  json["version"] = imgmill::version;
  Json& known = json["formats"] = Json::array();
  for (const FormatInfo& format : formats()) {
    known.push_back({{"name", format.name},
                     {"read", true},
                     {"write", format.writable},
                     {"extensions", format.extensions},
                     {"mime", format.mime_type}});
  }
  const JobLimits& limits = api.jobs.limits();
  json["limits"] = {{"max_upload_bytes", limits.max_upload_bytes},
                    {"max_job_files", limits.max_job_files},
                    {"max_job_bytes", limits.max_job_bytes},
                    {"max_jobs", limits.max_jobs}};
  Json& roots = json["roots"] = Json::array();
  for (const fs::path& root : api.roots.folders()) roots.push_back(printable(root));
  json["folder_separator"] = "/";
  json["workers"] = api.workers;
  json["isolation"] = api.isolation;
  json["sandbox_missing"] = nullptr;
  if (const auto pool = api.pool(); pool && !pool->missing_layers.empty()) {
    std::string missing;
    for (const std::string& layer : pool->missing_layers) {
      missing += (missing.empty() ? "" : ", ") + layer;
    }
    json["sandbox_missing"] = missing;
  }
  json["settings_defaults"] = json_of(default_settings());
  return json_response(json);
}

Response list_folders(Api& api, const Request& request, Buffer& /*body*/) {
  const std::string* const wanted = request.parameter("path");
  Json json;
  Json& folders = json["folders"] = Json::array();
  if (wanted == nullptr || wanted->empty()) {
    for (const fs::path& root : api.roots.folders()) folders.push_back(printable(root));
    json["path"] = "";
    json["parent"] = nullptr;
    json["images"] = 0;
    return json_response(json);
  }
  const Result<fs::path> folder = api.roots.resolve(*wanted);
  if (!folder) {
    return api_error(
        folder.error().code() == ErrorCode::usage ? ApiError::forbidden_path : ApiError::not_found,
        folder.error().message(), folder.error().advice());
  }
  const Result<FolderListing> listing = list_folder(*folder);
  if (!listing) return api_error(listing.error(), ApiError::not_found);
  std::uint64_t images = 0;
  for (std::size_t i = 0; i < listing->size(); ++i) {
    const FolderListing::Entry entry = (*listing)[i];
    // The client could not send back a name that is not UTF-8.
    if (entry.name.starts_with('.') || !is_utf8(entry.name)) continue;
    if (entry.kind == EntryKind::folder) folders.push_back(entry.name);
    if (entry.kind == EntryKind::file && format_of_name(entry.name)) ++images;
  }
  const std::vector<fs::path> roots = api.roots.folders();
  const bool is_root = std::ranges::find(roots, *folder) != roots.end();
  json["path"] = printable(*folder);
  json["parent"] = is_root ? Json(nullptr) : Json(printable(folder->parent_path()));
  json["images"] = images;
  const std::string* const below = request.parameter("below");
  if (below != nullptr && *below == "1") {
    const Below found =
        images_below(*folder, most_counted, std::chrono::steady_clock::now() + counting_time);
    json["images_below"] = found.images;
    json["counted_all"] = found.all;
  }
  return json_response(json);
}

Response optimize_image(Api& api, const Request& request, Buffer& body) {
  std::vector<Field> fields = request.query;
  const std::string* const type = request.header("Content-Type");
  if (type != nullptr && boundary_of(*type)) {
    auto parts = parts_of(request, body, "");
    if (!parts) return std::move(parts).error();
    body = Buffer();
    for (auto& [name, value] : *parts) {
      if (name == "image") {
        body = Buffer::copy_of(as_bytes(value));
      } else {
        fields.push_back({name, std::move(value)});
      }
    }
  }
  if (body.empty()) {
    return api_error(
        ApiError::bad_request, "there is no image in the request",
        "send the bytes of an image (curl --data-binary @photo.jpg), or a form with the "
        "part image (curl -F image=@photo.jpg)");
  }
  auto text = settings_in(fields);
  if (!text) return std::move(text).error();
  const auto settings = job_settings(*text);
  if (!settings) return api_error(settings.error(), ApiError::bad_settings);
  ++api.single_images;
  auto output = api.optimizer.optimize(body.view(), *settings, api.image_limits);
  if (!output) {
    ++api.single_failures;
    return api_error(output.error());
  }
  Json result;
  result["original_size"] = body.size();
  result["optimized_size"] = output->bytes.size();
  result["decision"] = imgmill::name_of(output->decision);
  result["input_format"] = info(output->input_format).name;
  result["format"] = info(output->format).name;
  result["width"] = output->width;
  result["height"] = output->height;
  result["frames"] = output->frames;
  const Judgement& judgement = output->judgement;
  if (judgement.score) result["score"] = *judgement.score;
  if (judgement.target) result["target"] = *judgement.target;
  if (judgement.quality > 0) result["quality"] = judgement.quality;
  result["notes"] = output->notes;
  return image_response(std::move(output->bytes), info(output->format).mime_type)
      .with("Imgmill-Result", ascii(result))
      .with("Cache-Control", "no-store");
}

Response create_ticket(Api& api, const Request& /*request*/, Buffer& body) {
  auto json = object_of(body, {"path"});
  if (!json) return std::move(json).error();
  const std::string path = json->contains("path") && (*json)["path"].is_string()
                               ? (*json)["path"].get<std::string>()
                               : "";
  const Match found = match(routes(), "GET", path.substr(0, path.find('?')));
  const bool good = found.route != nullptr && found.route->access == Access::token &&
                    found.route->pattern.starts_with("/api/jobs/");
  if (!good) {
    return api_error(ApiError::bad_request, "a ticket is for the address of a job's file",
                     "send a path such as /api/jobs/ID/zip");
  }
  return json_response({{"url", "/api/tickets/" + api.download_tokens.issue(path)}}, 201);
}

Response use_ticket(Api& /*api*/, const Request& /*request*/, Buffer& /*body*/) {
  // The Dispatcher has checked the ticket already; a valid one does not get here.
  return api_error(ApiError::not_found, "the ticket is used up or too old", "ask for another one");
}

Response show_health(Api& /*api*/, const Request& /*request*/, Buffer& /*body*/) {
  return json_response({{"status", "ok"}});
}

Response show_description(Api& /*api*/, const Request& /*request*/, Buffer& /*body*/) {
  Response response{.body = StaticBody{api_description()}};
  response.with("Content-Type", "application/json; charset=utf-8");
  response.with("Cache-Control", "no-cache");
  return response;
}

Response show_page(Api& /*api*/, const Request& request, Buffer& /*body*/) {
  return page_response(page_files(), request, "");
}

Response show_page_file(Api& /*api*/, const Request& request, Buffer& /*body*/) {
  return page_response(page_files(), request, "assets/" + request.captures[0]);
}

}  // namespace imgmill::server
