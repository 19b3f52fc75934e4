#include "server/http.h"

#include <algorithm>

#include "base/text.h"
#include "server/api_error.h"

namespace imgmill::server {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char small = lower_case(c);
  return small >= 'a' && small <= 'f' ? small - 'a' + 10 : -1;
}

const std::string* first_of(const std::vector<Field>& fields, std::string_view name, bool exact) {
  for (const Field& field : fields) {
    if (exact ? field.name == name : same_word(field.name, name)) return &field.value;
  }
  return nullptr;
}

}  // namespace

bool same_word(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower_case(x) == lower_case(y); });
}

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

std::optional<std::string> percent_decoded(std::string_view text, bool plus) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      decoded += plus && text[i] == '+' ? ' ' : text[i];
      continue;
    }
    if (i + 2 >= text.size()) return std::nullopt;
    const int high = hex_digit(text[i + 1]);
    const int low = hex_digit(text[i + 2]);
    if (high < 0 || low < 0) return std::nullopt;
    decoded += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return decoded;
}

std::optional<std::vector<Field>> query_fields(std::string_view text) {
  std::vector<Field> fields;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    if (part.empty()) continue;
    const std::size_t equals = part.find('=');
    auto name = percent_decoded(part.substr(0, equals), true);
    auto value = percent_decoded(
        equals == std::string_view::npos ? std::string_view() : part.substr(equals + 1), true);
    if (!name || !value) return std::nullopt;
    fields.push_back({*std::move(name), *std::move(value)});
  }
  return fields;
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
