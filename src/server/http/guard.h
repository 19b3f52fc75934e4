// Access control: only pages served by this server, and clients that know the token.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/http.h"

namespace imgmill::server {

/// Returns 256 bits from the kernel as 43 letters, digits, '-' and '_'. Throws std::system_error if
/// the machine has no randomness.
[[nodiscard]] std::string random_token();
/// Returns the token stored in `file`, so that it survives a restart. Stores and returns a new one
/// if there is none, if others may have read it, or if `anew` is set. Only its owner can read the
/// file. Errors: environment.
[[nodiscard]] Result<std::string> kept_token(const std::filesystem::path& file, bool anew);
/// Returns `count` lower case letters and digits, for unguessable names. Throws as above.
[[nodiscard]] std::string random_name(std::size_t count);

/// Compares in constant time: it depends on the lengths only.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

class Guard {
 public:
  Guard(std::string token, std::uint16_t port);

  /// Checks that a request was addressed to a loopback name (this refuses pages of another site
  /// that points its own name here), and if it comes from a page, that this server served the page.
  /// Returns nothing if the request is admitted.
  [[nodiscard]] std::optional<Response> foreign(const Request& request) const;
  /// True if `Authorization: Bearer TOKEN` is present and correct.
  [[nodiscard]] bool knows_token(const Request& request) const;

 private:
  std::string token_;
  std::string authorities_[3];  ///< "127.0.0.1:7340", ...
};

}  // namespace imgmill::server
