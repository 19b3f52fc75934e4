// Errors, described so that the user can act on them.
#pragma once

#include <expected>
#include <source_location>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "imgmill/export.h"

namespace imgmill {

/// Says who or what has to change before the same call can succeed.
enum class ErrorCode {
  bad_input,    ///< the bytes are damaged, or are not an image
  limit,        ///< the image is larger than the limits in force allow
  unsupported,  ///< a valid image or a sensible request that imgmill does not support
  environment,  ///< the machine refused: permissions, full disk, vanished file
  usage,        ///< invalid settings or arguments
  cancelled,    ///< stopped on request before it was done
  internal,     ///< a bug in imgmill
  fault,  ///< the worker process died, hung or broke protocol on this image; treat the image with
          ///< care (quarantined)
};

/// Returns the stable lower-case name of a code, as used in JSON ("bad_input", ...).
[[nodiscard]] IMGMILL_API std::string_view name_of(ErrorCode code);

/// One failure: what happened, in which context, and what to do about it. Copyable; self-contained.
class [[nodiscard]] IMGMILL_API Error {
 public:
  /// `message` says what happened, as a sentence without a full stop. `advice` says what the user
  /// can do; it may be empty.
  Error(ErrorCode code, std::string message, std::string advice = {},
        std::source_location where = std::source_location::current())
      : code_(code), message_(std::move(message)), advice_(std::move(advice)), where_(where) {}

  [[nodiscard]] ErrorCode code() const { return code_; }
  [[nodiscard]] const std::string& message() const { return message_; }
  [[nodiscard]] const std::string& advice() const { return advice_; }
  /// From the innermost step outwards.
  [[nodiscard]] const std::vector<std::string>& context() const { return context_; }
  [[nodiscard]] const std::source_location& where() const { return where_; }

  /// Adds the step during which the error occurred, and returns the error.
  [[nodiscard]] Error within(std::string step) && {
    context_.push_back(std::move(step));
    return std::move(*this);
  }

  /// Returns "message (while step, while step); advice", on one line.
  [[nodiscard]] std::string describe() const;

 private:
  ErrorCode code_;
  std::string message_;
  std::string advice_;
  std::vector<std::string> context_;
  std::source_location where_;
};

/// A value, or the error that prevented it.
template <typename T>
using Result = std::expected<T, Error>;

}  // namespace imgmill
