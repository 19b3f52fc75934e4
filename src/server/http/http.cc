#include "server/http/http.h"

#include <algorithm>

#include "base/words.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

const std::string* first_of(const std::vector<Field>& fields, std::string_view name, bool exact) {
  for (const Field& field : fields) {
    if (exact ? field.name == name : same_word(field.name, name)) return &field.value;
  }
  return nullptr;
}

}  // namespace

const std::string* Request::header(std::string_view name) const {
  return first_of(headers, name, false);
}

std::size_t Request::count_headers(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      headers, [&](const Field& field) { return same_word(field.name, name); }));
}

const std::string* Request::parameter(std::string_view name) const {
  return first_of(query, name, true);
}

Responder::~Responder() {
  if (answer_) answer_(api_error(ApiError::internal, "the request was given up", "try again"));
}

void Responder::operator()(Response response) {
  if (const auto answer = std::exchange(answer_, nullptr)) answer(std::move(response));
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 411:
      return "Length Required";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 422:
      return "Unprocessable Content";
    case 429:
      return "Too Many Requests";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    case 507:
      return "Insufficient Storage";
    default:
      return "";
  }
}

}  // namespace imgmill::server
