// The parts of a form, as they arrive.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::server {

/// What the headers of a part say.
struct PartHead {
  std::string name;                     ///< of the field
  std::optional<std::string> filename;  ///< as sent, percent escapes of browsers undone
};

/// What is done with the parts. Errors end the parsing and are passed on.
struct PartSink {
  std::function<Result<void>(const PartHead& head)> begin;
  std::function<Result<void>(ByteView bytes)> data;
  std::function<Result<void>()> end;
};

/// The boundary of a Content-Type of multipart/form-data; nothing where it is not one.
[[nodiscard]] std::optional<std::string> boundary_of(std::string_view content_type);

/// RequestBody multipart/form-data (RFC 7578, RFC 2046 section 5.1.1) apart in pieces of any size,
/// keeping no more than a boundary and the headers of one part. Errors: usage (it is not
/// what it says), those of the sink.
class MultipartParser {
 public:
  MultipartParser(std::string_view boundary, PartSink sink);
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  /// All is there: the last boundary must have come.
  [[nodiscard]] Result<void> finish() const;

 private:
  enum class State { preamble, after_boundary, headers, data, epilogue };
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] Result<bool> find_boundary();
  [[nodiscard]] Result<bool> read_headers();

  const std::string delimiter_;  ///< CRLF, two hyphens and the boundary
  const PartSink sink_;
  State state_ = State::preamble;
  std::string held_ = "\r\n";  ///< the first boundary need not follow a line
};

}  // namespace imgmill::server
