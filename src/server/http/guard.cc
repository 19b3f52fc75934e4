#include "server/http/guard.h"

#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <system_error>

#include "base/base64.h"
#include "base/try.h"
#include "base/words.h"
#include "platform/atomic_file.h"
#include "platform/file.h"
#include "server/http/api_error.h"

namespace imgmill::server {
namespace {

constexpr std::size_t token_letters = 43;

void fill_random(std::span<std::byte> room) {
  while (!room.empty()) {
    const ssize_t got = ::getrandom(room.data(), room.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw std::system_error(errno, std::generic_category(), "getrandom");
    room = room.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace

std::string random_token() {
  std::array<std::byte, 32> bytes{};
  fill_random(bytes);
  return base64_url(bytes);
}

Result<std::string> kept_token(const std::filesystem::path& file, bool anew) {
  const auto is_token = [](std::string_view text) {
    return text.size() == token_letters && text.find_first_not_of(base64_url_letters) == text.npos;
  };
  if (const auto kept = read_file(file, 2 * token_letters); kept && !anew) {
    const std::string_view text = as_text(kept->bytes.view());
    const std::string_view line = text.substr(0, text.find('\n'));
    if (is_token(line) && kept->facts.permissions == 0600 && kept->facts.owner == ::geteuid()) {
      return std::string(line);
    }
  }
  std::string token = random_token();
  IMGMILL_TRY(AtomicFile out, AtomicFile::create(file));  // readable by its owner only
  IMGMILL_CHECK(out.write(as_bytes(token + "\n")));
  IMGMILL_CHECK(out.sync());
  IMGMILL_CHECK(out.commit(Replace::yes));
  return token;
}

std::string random_name(std::size_t count) {
  static constexpr std::string_view plain = "abcdefghijkmnpqrstuvwxyz23456789";
  static_assert(plain.size() == 32);
  std::vector<std::byte> bytes(count);
  fill_random(bytes);
  std::string name;
  for (const std::byte byte : bytes) name += plain[std::to_integer<unsigned>(byte) & 31U];
  return name;
}

bool same_secret(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned>(a[i] ^ b[i]);
  }
  // Volatile, so that the compiler cannot leave the loop early.
  volatile unsigned seen = difference;
  return seen == 0;
}

Guard::Guard(std::string token, std::uint16_t port) : token_(std::move(token)) {
  const std::string suffix = ":" + std::to_string(port);
  authorities_[0] = "127.0.0.1" + suffix;
  authorities_[1] = "localhost" + suffix;
  authorities_[2] = "[::1]" + suffix;
}

std::optional<Response> Guard::foreign(const Request& request) const {
  const auto ours = [&](std::string_view authority) {
    return std::ranges::any_of(
        authorities_, [&](const std::string& known) { return same_word(known, authority); });
  };
  const std::string* const host = request.header("Host");
  if (request.count_headers("Host") != 1 || !ours(*host)) {
    return api_error(ApiError::foreign_host, "this server does not answer under that name",
                     "use the address that imgmill serve has printed");
  }
  constexpr std::string_view scheme = "http://";
  for (const Field& field : request.headers) {
    const std::string_view value = field.value;
    if (same_word(field.name, "Origin")) {
      // The page may have been loaded under any of the three names, but Host and Origin must agree.
      if (value.starts_with(scheme) && same_word(value.substr(scheme.size()), *host)) continue;
    } else if (same_word(field.name, "Sec-Fetch-Site")) {
      if (value == "same-origin" || value == "none") continue;
    } else {
      continue;
    }
    return api_error(ApiError::foreign_origin, "the request comes from a page of another site",
                     "open the address that imgmill serve has printed");
  }
  return std::nullopt;
}

bool Guard::knows_token(const Request& request) const {
  constexpr std::string_view scheme = "Bearer ";
  if (request.count_headers("Authorization") != 1) return false;
  const std::string_view value = *request.header("Authorization");
  return value.size() > scheme.size() && same_word(value.substr(0, scheme.size()), scheme) &&
         same_secret(value.substr(scheme.size()), token_);
}

}  // namespace imgmill::server
