// Fuzz target: arbitrary bytes as client input: forms, paths, queries and names. A form must parse
// the same in pieces of any size, and a tamed name must be a valid name.
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "server/http/http.h"
#include "server/http/multipart.h"
#include "server/http/route.h"
#include "server/http/url.h"
#include "server/jobs/names.h"

namespace {

using namespace imgmill;
using namespace imgmill::server;

struct Told {
  std::vector<std::pair<std::string, std::string>> parts;  ///< head and bytes
  bool whole = false;

  bool operator==(const Told&) const = default;
};

/// Parses `body`, fed `piece` bytes at a time.
Told parse(std::string_view boundary, std::string_view body, std::size_t piece) {
  Told told;
  MultipartParser parser(
      boundary, {.begin = [&](const PartHead& head) -> Result<void> {
                   told.parts.emplace_back(head.name + '\0' + head.filename.value_or("-"), "");
                   return {};
                 },
                 .data = [&](ByteView bytes) -> Result<void> {
                   if (told.parts.empty()) __builtin_trap();
                   told.parts.back().second.append(reinterpret_cast<const char*>(bytes.data()),
                                                   bytes.size());
                   return {};
                 },
                 .end = []() -> Result<void> { return {}; }});
  bool well = true;
  for (std::size_t at = 0; well && at < body.size(); at += piece) {
    well = parser.feed(body.substr(at, piece)).has_value();
  }
  told.whole = well && parser.finish().has_value();
  return told;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view all(reinterpret_cast<const char*>(data), size);
  const std::size_t end = std::min(all.find('\n'), all.size());
  const std::string_view line = all.substr(0, end);
  const std::string_view rest = all.substr(std::min(end + 1, all.size()));

  const std::string boundary = boundary_of(line).value_or("x");
  const Told at_once = parse(boundary, rest, rest.size() + 1);
  // For a malformed form, how much was passed on before the error depends on the pieces.
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{64}}) {
    const Told in_pieces = parse(boundary, rest, piece);
    if (in_pieces.whole != at_once.whole) __builtin_trap();
    if (at_once.whole && in_pieces != at_once) __builtin_trap();
  }

  (void)query_fields(line);
  const Route table[] = {{.method = "GET",
                          .pattern = "/api/jobs/{id}/images/{index}",
                          .access = Access::open,
                          .takes = RequestBody::nothing,
                          .where = Where::here}};
  (void)match(table, "GET", line);
  if (const auto name = percent_decoded(line, true)) (void)check_name(*name);
  if (!check_name(tame_name(line.substr(0, 255)))) __builtin_trap();
  return 0;
}
