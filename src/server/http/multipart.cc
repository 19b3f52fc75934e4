#include "server/http/multipart.h"

#include "base/try.h"
#include "base/words.h"
#include "server/http/http.h"
#include "server/http/url.h"

namespace imgmill::server {
namespace {

constexpr std::size_t longest_headers = 8192;
constexpr std::size_t longest_boundary = 70;  // RFC 2046, section 5.1.1

std::unexpected<Error> malformed(const char* what) {
  return fail(ErrorCode::usage, std::string("the form is malformed: ") + what,
              "send multipart/form-data as browsers and curl -F do");
}

/// Removes the next `name=value` after a ';' from the front of `text`; the value may be quoted.
std::optional<Field> next_parameter(std::string_view& text) {
  text = trimmed(text);
  if (!text.starts_with(';')) return std::nullopt;
  text = trimmed(text.substr(1));
  const std::size_t equals = text.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  Field field{std::string(trimmed(text.substr(0, equals))), {}};
  text = trimmed(text.substr(equals + 1));
  if (!text.starts_with('"')) {
    field.value = trimmed(text.substr(0, text.find(';')));
    text.remove_prefix(std::min(text.find(';'), text.size()));
    return field;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '"') {
      text.remove_prefix(i + 1);
      return field;
    }
    // Only quotes are unescaped: browsers send the backslashes of names as they are.
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '"') ++i;
    field.value += text[i];
  }
  return std::nullopt;
}

/// Undoes %22, %0D and %0A, which browsers write for characters that would end the header (WHATWG
/// HTML, "multipart form data"); the rest of a name is unescaped already.
std::string unescaped(std::string_view text) {
  std::string name;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string_view here = text.substr(i, 3);
    if (here == "%22" || same_word(here, "%0d") || same_word(here, "%0a")) {
      name += *percent_decoded(here, false);
      i += 2;
    } else {
      name += text[i];
    }
  }
  return name;
}

Result<PartHead> head_of(std::string_view headers) {
  std::optional<PartHead> head;
  while (!headers.empty()) {
    const std::string_view line = headers.substr(0, headers.find("\r\n"));
    headers.remove_prefix(std::min(headers.size(), line.size() + 2));
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return malformed("a header without a colon");
    if (!same_word(trimmed(line.substr(0, colon)), "Content-Disposition")) continue;
    std::string_view value = trimmed(line.substr(colon + 1));
    const std::string_view kind = trimmed(value.substr(0, value.find(';')));
    if (!same_word(kind, "form-data") || head) return malformed("a part that is no form-data");
    value.remove_prefix(std::min(value.find(';'), value.size()));
    head.emplace();
    while (const auto parameter = next_parameter(value)) {
      if (same_word(parameter->name, "name")) head->name = unescaped(parameter->value);
      if (same_word(parameter->name, "filename")) head->filename = unescaped(parameter->value);
    }
    if (!trimmed(value).empty()) return malformed("a part whose name cannot be read");
  }
  if (!head) return malformed("a part without Content-Disposition");
  return *std::move(head);
}

}  // namespace

std::optional<std::string> boundary_of(std::string_view content_type) {
  const std::string_view kind = trimmed(content_type.substr(0, content_type.find(';')));
  if (!same_word(kind, "multipart/form-data")) return std::nullopt;
  content_type.remove_prefix(std::min(content_type.find(';'), content_type.size()));
  while (const auto parameter = next_parameter(content_type)) {
    if (!same_word(parameter->name, "boundary")) continue;
    if (parameter->value.empty() || parameter->value.size() > longest_boundary) break;
    return parameter->value;
  }
  return std::nullopt;
}

MultipartParser::MultipartParser(std::string_view boundary, PartSink sink)
    : delimiter_("\r\n--" + std::string(boundary)), sink_(std::move(sink)) {}

Result<void> MultipartParser::feed(std::string_view bytes) {
  if (state_ == State::epilogue) return {};
  held_.append(bytes);
  for (;;) {
    IMGMILL_TRY(const bool more, step());
    if (!more) return {};
  }
}

/// Returns false if more bytes are needed.
Result<bool> MultipartParser::step() {
  switch (state_) {
    case State::preamble:
    case State::data:
      return find_boundary();
    case State::after_boundary: {
      // Spaces may follow a boundary before its line ends.
      const std::size_t end = held_.find_first_not_of(" \t");
      if (end == std::string::npos || held_.size() < end + 2) {
        if (held_.size() > longest_headers) return malformed("a boundary without an end");
        return false;
      }
      const std::string_view next = std::string_view(held_).substr(end, 2);
      if (next == "--") {
        state_ = State::epilogue;
        held_.clear();
        return false;
      }
      if (next != "\r\n") return malformed("something follows a boundary on its line");
      held_.erase(0, end);  // the CRLF stays: a part may have no headers
      state_ = State::headers;
      return true;
    }
    case State::headers:
      return read_headers();
    case State::epilogue:
      return false;
  }
  return false;
}

Result<bool> MultipartParser::find_boundary() {
  const std::size_t at = held_.find(delimiter_);
  const bool found = at != std::string::npos;
  // Keep bytes that may be the start of a delimiter.
  const std::size_t keep = delimiter_.size() - 1;
  const std::size_t ready = found ? at : held_.size() > keep ? held_.size() - keep : 0;
  if (state_ == State::data && ready > 0) {
    IMGMILL_CHECK(sink_.data(as_bytes(std::string_view(held_).substr(0, ready))));
  }
  held_.erase(0, found ? at + delimiter_.size() : ready);
  if (!found) return false;
  if (state_ == State::data) IMGMILL_CHECK(sink_.end());
  state_ = State::after_boundary;
  return true;
}

Result<bool> MultipartParser::read_headers() {
  const std::size_t end = held_.find("\r\n\r\n");
  if (end == std::string::npos) {
    if (held_.size() > longest_headers) return malformed("the headers of a part are too long");
    return false;
  }
  if (end > longest_headers) return malformed("the headers of a part are too long");
  IMGMILL_TRY(const PartHead head,
              head_of(std::string_view(held_).substr(2, end < 2 ? 0 : end - 2)));
  IMGMILL_CHECK(sink_.begin(head));
  held_.erase(0, end + 4);
  state_ = State::data;
  return true;
}

Result<void> MultipartParser::finish() const {
  if (state_ == State::epilogue) return {};
  return malformed("its last boundary is missing");
}

}  // namespace imgmill::server
