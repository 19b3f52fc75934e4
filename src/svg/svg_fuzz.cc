// libFuzzer target: SVG. Whatever can be read is unchanged by writing and reading again, and
// cleaning converges, stays readable and never changes text.
#include "svg/cleaner.h"
#include "svg/gzip.h"
#include "svg/reader.h"
#include "svg/traits.h"
#include "svg/writer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace imgmill;
  const ByteView input = std::as_bytes(std::span(data, size));
  (void)svg::looks_like_svg(input);
  (void)svg::gunzip(input, std::size_t{1} << 20);
  (void)svg::read_root(input);
  const auto document = svg::read(input);
  if (!document) return 0;
  const std::string written = svg::write(*document);
  const auto again = svg::read(std::as_bytes(std::span(written)), {.expansion = 64});
  if (!again || !svg::same(*document, *again)) __builtin_trap();
  for (const svg::Care care : {svg::Care::round, svg::Care::exact, svg::Care::text_only}) {
    const svg::Cleaned cleaned = svg::clean(*document, care, {});
    const auto less = svg::read(std::as_bytes(std::span(cleaned.bytes)), {.expansion = 64});
    if (!less || svg::text_signature(*less) != svg::text_signature(*document)) __builtin_trap();
  }
  return 0;
}
