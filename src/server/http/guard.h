// Who may ask at all: the page that this server has sent, and who knows the token.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "server/http/http.h"

namespace imgmill::server {

/// 256 bits from the kernel, in 43 letters, digits, '-' and '_'. Throws std::system_error
/// where the machine has no randomness.
[[nodiscard]] std::string random_token();
/// The token that `file` keeps, so that it outlives a restart; a new one, which is put there, where
/// there is none, where others may have read it, or where `anew` is asked for. The file is for its
/// owner only. Errors: environment.
[[nodiscard]] Result<std::string> kept_token(const std::filesystem::path& file, bool anew);
/// `count` lower case letters and digits, for names that nobody guesses. Throws as above.
[[nodiscard]] std::string random_name(std::size_t count);

/// Compares in a time that depends on the lengths only.
[[nodiscard]] bool same_secret(std::string_view a, std::string_view b);

class Guard {
 public:
  Guard(std::string token, std::uint16_t port);

  /// For every request: that it came to this server under a name of loopback (a page of
  /// another site that has its own name point here is refused by this), and if from a page,
  /// from a page of this server. Nothing: let it in.
  [[nodiscard]] std::optional<Response> foreign(const Request& request) const;
  /// Whether `Authorization: Bearer TOKEN` is there and right.
  [[nodiscard]] bool knows_token(const Request& request) const;

 private:
  std::string token_;
  std::string authorities_[3];  ///< "127.0.0.1:7340", ...
};

}  // namespace imgmill::server
