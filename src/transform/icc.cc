#include "transform/icc.h"

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace imgmill {
namespace {

constexpr std::size_t header_size = 128;
constexpr std::size_t longest_description = 200;

std::size_t be32(ByteView bytes, std::size_t at) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < 4; ++i)
    value = value << 8 | std::to_integer<std::size_t>(bytes[at + i]);
  return value;
}

// Plain text only: what a person reads in a terminal.
std::string ascii(std::string_view text, std::size_t step) {
  std::string out;
  for (std::size_t i = step - 1; i < text.size() && out.size() < longest_description; i += step) {
    const char c = text[i];
    if (c == '\0') break;
    if (c >= ' ' && c < 0x7F) out += c;
  }
  return out;
}

std::string description_of(ByteView tag) {
  if (tag.size() < 12) return {};
  const std::string_view type = as_text(tag.first(4));
  if (type == "desc") {  // version 2: count, then ASCII
    const std::size_t length = std::min(be32(tag, 8), tag.size() - 12);
    return ascii(as_text(tag.subspan(12, length)), 1);
  }
  if (type == "mluc" && tag.size() >= 28) {  // version 4: UTF-16 in several languages
    const std::size_t length = be32(tag, 20);
    const std::size_t offset = be32(tag, 24);
    if (offset > tag.size() || length > tag.size() - offset) return {};
    return ascii(as_text(tag.subspan(offset, length)), 2);
  }
  return {};
}

}  // namespace

IccFacts read_icc(ByteView profile) {
  IccFacts facts;
  if (profile.size() < header_size + 4 || as_text(profile.subspan(36, 4)) != "acsp") return facts;
  facts.space = as_text(profile.subspan(16, 4));
  while (!facts.space.empty() && facts.space.back() == ' ') facts.space.pop_back();
  const std::size_t count = std::min<std::size_t>(be32(profile, header_size), 200);
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t entry = header_size + 4 + 12 * i;
    if (entry + 12 > profile.size()) break;
    if (as_text(profile.subspan(entry, 4)) != "desc") continue;
    const std::size_t offset = be32(profile, entry + 4);
    const std::size_t size = be32(profile, entry + 8);
    if (offset > profile.size() || size > profile.size() - offset) break;
    facts.description = description_of(profile.subspan(offset, size));
    break;
  }
  return facts;
}

bool is_srgb(const IccFacts& facts) {
  return facts.space == "RGB" && facts.description.find("sRGB") != std::string::npos;
}

}  // namespace imgmill
