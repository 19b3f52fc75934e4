// Streaming parser for multipart forms.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "imgmill/buffer.h"
#include "imgmill/error.h"

namespace imgmill::server {

/// The headers of a part.
struct PartHead {
  std::string name;                     ///< name of the field
  std::optional<std::string> filename;  ///< as sent, percent escapes of browsers undone
};

/// Callbacks for the parts. An error ends the parsing and is passed on.
struct PartSink {
  std::function<Result<void>(const PartHead& head)> begin;
  std::function<Result<void>(ByteView bytes)> data;
  std::function<Result<void>()> end;
};

/// Returns the boundary of a multipart/form-data Content-Type; nothing for any other type.
[[nodiscard]] std::optional<std::string> boundary_of(std::string_view content_type);

/// Parses multipart/form-data (RFC 7578, RFC 2046 section 5.1.1), fed in pieces of any size. Holds
/// no more than a boundary and the headers of one part. Errors: usage (malformed), those of the
/// sink.
class MultipartParser {
 public:
  MultipartParser(std::string_view boundary, PartSink sink);
  [[nodiscard]] Result<void> feed(std::string_view bytes);
  /// Call at the end of the body; the last boundary must have been seen.
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
