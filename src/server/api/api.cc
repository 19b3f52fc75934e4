#include "server/api/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "server/api/handlers.h"
#include "server/http/multipart.h"

namespace imgmill::server {
namespace {

constexpr std::size_t most_parts = 32;  // parts of a form held in memory

}  // namespace

Answer<Json> object_of(const Buffer& body, std::initializer_list<std::string_view> known) {
  if (body.empty()) return Json::object();
  Json json = Json::parse(as_text(body.view()), nullptr, false);
  if (!json.is_object()) {
    return std::unexpected(api_error(ApiError::bad_request, "the body is not a JSON object",
                                     "send an object such as {}"));
  }
  if (const auto checked = check_fields({json, ""}, known); !checked) {
    return std::unexpected(api_error(checked.error(), ApiError::bad_request));
  }
  return json;
}

Answer<std::map<std::string, std::string>> parts_of(const Request& request, const Buffer& body,
                                                    std::string_view advice) {
  const std::string* const type = request.header("Content-Type");
  const auto boundary = type == nullptr ? std::nullopt : boundary_of(*type);
  if (!boundary) {
    return std::unexpected(
        api_error(ApiError::unsupported_media_type, "the body is not multipart/form-data", advice));
  }
  std::map<std::string, std::string> parts;
  std::string name;
  MultipartParser parser(*boundary, {.begin = [&](const PartHead& head) -> Result<void> {
                                       name = head.name;
                                       if (parts.size() >= most_parts)
                                         return fail(ErrorCode::usage, "too many parts");
                                       parts[name].clear();
                                       return {};
                                     },
                                     .data = [&](ByteView bytes) -> Result<void> {
                                       parts[name].append(as_text(bytes));
                                       return {};
                                     },
                                     .end = []() -> Result<void> { return {}; }});
  Result<void> parsed = parser.feed(as_text(body.view()));
  if (parsed) parsed = parser.finish();
  if (!parsed) return std::unexpected(api_error(parsed.error(), ApiError::bad_request));
  return parts;
}

Answer<std::uint64_t> number_parameter(const Request& request, std::string_view name,
                                       std::uint64_t otherwise, std::uint64_t most) {
  const std::string* const text = request.parameter(name);
  if (text == nullptr) return otherwise;
  std::uint64_t number = 0;
  const char* const end = text->data() + text->size();
  const auto [read, error] = std::from_chars(text->data(), end, number);
  if (text->empty() || error != std::errc() || read != end || number > most) {
    return std::unexpected(api_error(
        ApiError::bad_request, fmt::format("{} is not a whole number from 0 to {}", name, most),
        "write it in digits"));
  }
  return number;
}

Answer<std::uint32_t> index_of(std::string_view text) {
  std::uint32_t index = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), index);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::unexpected(api_error(ApiError::not_found, "images are numbered from 0 on",
                                     "write the index of an image in digits"));
  }
  return index;
}

void answer_from(ThreadPool& hands, Responder responder, std::move_only_function<Response()> work) {
  // Shared, so that it can still answer if the pool rejects the task.
  const auto shared = std::make_shared<Responder>(std::move(responder));
  const bool taken = hands.post([shared, work = std::move(work)]() mutable { (*shared)(work()); });
  if (taken) return;
  (*shared)(
      api_error(ApiError::limit, "too many requests wait for their turn", "try again in a moment"));
}

std::string ascii(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

std::string attachment(std::string_view name) {
  static constexpr std::string_view plain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
  std::string simple;
  std::string escaped;
  for (const char c : name) {
    const bool safe = plain.find(c) != std::string_view::npos;
    simple += safe || c == ' ' ? c : '_';
    escaped += safe ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", simple, escaped);
}

}  // namespace imgmill::server
