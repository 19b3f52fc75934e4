// Handlers: single images of a job.
#include "server/api/api.h"
#include "server/api/handlers.h"

namespace imgmill::server {
namespace {

/// Finds the image that an address names.
Answer<ImageRow> image_of(Api& api, const Request& request) {
  const auto index = index_of(request.captures[1]);
  if (!index)
    return std::unexpected(api_error(ApiError::not_found, "images are numbered from 0 on",
                                     "write the index of an image in digits"));
  return api.jobs.image(request.captures[0], *index);
}

/// Returns the MIME type by the first bytes; for an unknown format, one without meaning.
std::string_view type_of(const OpenFile& file) {
  std::array<std::byte, sniff_bytes> start{};
  const auto got = read_start(file, "the image", start);
  const auto format = got ? sniff(std::span(start).first(*got)) : std::nullopt;
  return format ? info(*format).mime_type : "application/octet-stream";
}

Response file_response(Answer<OpenFile> file, std::string_view name) {
  if (!file) return std::move(file).error();
  const std::string_view type = type_of(*file);
  const std::uint64_t size = file->facts.size;
  return image_response(FileBody{std::move(file->descriptor), size}, type)
      .with("Content-Disposition", attachment(tame_name(name)))
      .with("Cache-Control", "no-cache");
}

std::string which_of(const Request& request, std::string_view otherwise) {
  const std::string* const which = request.parameter("of");
  return which == nullptr ? std::string(otherwise) : *which;
}

}  // namespace

Response show_image(Api& api, const Request& request, Buffer& /*body*/) {
  auto row = image_of(api, request);
  return row ? json_response(image_json(*row)) : std::move(row).error();
}

Response show_original(Api& api, const Request& request, Buffer& /*body*/) {
  auto row = image_of(api, request);
  if (!row) return std::move(row).error();
  return file_response(api.jobs.open_original(request.captures[0], *row), row->name);
}

Response show_output(Api& api, const Request& request, Buffer& /*body*/) {
  auto row = image_of(api, request);
  if (!row) return std::move(row).error();
  return file_response(api.jobs.open_output(request.captures[0], *row), row->output_name);
}

Response show_view(Api& api, const Request& request, Buffer& /*body*/) {
  auto row = image_of(api, request);
  if (!row) return std::move(row).error();
  auto view = api.pictures.view(request.captures[0], *row, which_of(request, "original"));
  return view ? *std::move(view) : std::move(view).error();
}

Response show_thumbnail(Api& api, const Request& request, Buffer& /*body*/) {
  auto row = image_of(api, request);
  if (!row) return std::move(row).error();
  auto size = number_parameter(request, "size", 96, 512);
  if (!size) return std::move(size).error();
  auto picture = api.pictures.thumbnail(request.captures[0], *row, static_cast<int>(*size));
  return picture ? *std::move(picture) : std::move(picture).error();
}

Response create_variant(Api& api, const Request& request, Buffer& body) {
  auto row = image_of(api, request);
  if (!row) return std::move(row).error();
  auto json = object_of(body, {"settings"});
  if (!json) return std::move(json).error();
  const Json settings = json->value("settings", Json::object());
  auto variant = api.pictures.try_out(request.captures[0], *row, dumped(settings));
  if (!variant) return std::move(variant).error();
  return json_response(variant_json(*variant), 201);
}

Response use_variant(Api& api, const Request& request, Buffer& /*body*/) {
  const auto index = index_of(request.captures[1]);
  const auto number = index_of(request.captures[2]);
  if (!index || !number) {
    return api_error(ApiError::not_found, "images and variants are numbered",
                     "write their numbers in digits");
  }
  auto row = api.pictures.use(request.captures[0], *index, *number);
  return row ? json_response(image_json(*row)) : std::move(row).error();
}

}  // namespace imgmill::server
