#include "metadata/riff_chunks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/container_inventories.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr std::size_t riff_header_size = 12;
// One per frame and a few more; the list must not outgrow the file.
constexpr std::size_t max_chunks = 1'000'000;

// Flags of the first byte of VP8X (0x02, animation, is left unchanged).
constexpr unsigned xmp_flag = 0x04, exif_flag = 0x08, alpha_flag = 0x10, icc_flag = 0x20;
constexpr std::size_t extended_size = 10;

struct Chunk {
  std::string_view type;
  ByteView data;
  ByteView whole;  ///< with its header, without padding
};

struct Layout {
  std::vector<Chunk> chunks;
  bool complete = false;
  ByteView trailing;  ///< bytes after the RIFF chunk

  [[nodiscard]] const Chunk* find(std::string_view type) const {
    const auto found = std::ranges::find(chunks, type, &Chunk::type);
    return found == chunks.end() ? nullptr : &*found;
  }
};

Layout parse(ByteView file) {
  Layout layout;
  if (file.size() < riff_header_size || !starts_with(file, "RIFF") ||
      !starts_with(file.subspan(8), "WEBP")) {
    return layout;
  }
  const std::uint64_t end = std::uint64_t{u32le(file, 4)} + 8;
  if (file.size() > end + end % 2) layout.trailing = file.subspan(end + end % 2);
  const bool whole = file.size() >= end;
  const ByteView riff = file.first(std::min<std::size_t>(file.size(), end));
  std::size_t at = riff_header_size;
  while (fits(riff, at, 8) && layout.chunks.size() < max_chunks) {
    const std::size_t size = u32le(riff, at + 4);
    if (!fits(riff, at + 8, size)) return layout;
    layout.chunks.push_back(
        {as_text(riff.subspan(at, 4)), riff.subspan(at + 8, size), riff.subspan(at, 8 + size)});
    at += 8 + size + size % 2;
  }
  const bool picture = layout.find("VP8 ") != nullptr || layout.find("VP8L") != nullptr ||
                       layout.find("ANMF") != nullptr;
  layout.complete = whole && at >= riff.size() && picture;
  return layout;
}

struct Canvas {
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool alpha = false;
  friend bool operator==(const Canvas&, const Canvas&) = default;
};

/// Returns the header of the single picture; none if it is damaged.
std::optional<Canvas> picture_canvas(const Layout& layout) {
  if (const Chunk* lossy = layout.find("VP8 ")) {
    // RFC 6386, 9.1: frame tag (key frame: lowest bit 0), start code, two 14-bit sides.
    if (lossy->data.size() < 10 || (u8(lossy->data, 0) & 1) != 0 ||
        !starts_with(lossy->data.subspan(3), "\x9d\x01\x2a"sv)) {
      return std::nullopt;
    }
    return Canvas{u16le(lossy->data, 6) & 0x3FFFu, u16le(lossy->data, 8) & 0x3FFFu,
                  layout.find("ALPH") != nullptr};
  }
  if (const Chunk* lossless = layout.find("VP8L")) {
    if (lossless->data.size() < 5 || u8(lossless->data, 0) != 0x2F) return std::nullopt;
    const std::uint32_t bits = u32le(lossless->data, 1);
    return Canvas{(bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1, (bits >> 28 & 1) != 0};
  }
  return std::nullopt;
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::bad_input, "the WebP file is damaged or incomplete",
              "restore the file from a copy; it was left as it is");
}

bool is_picture(std::string_view type) {
  constexpr std::array types{"ANIM"sv, "ANMF"sv, "ALPH"sv, "VP8 "sv, "VP8L"sv};
  return std::ranges::find(types, type) != types.end();
}

bool is_unknown(const Chunk& chunk) {
  constexpr std::array known{"VP8X"sv, "ICCP"sv, "EXIF"sv, "XMP "sv, "C2PA"sv};
  return !is_picture(chunk.type) && std::ranges::find(known, chunk.type) == known.end();
}

void put_chunk(ByteWriter& out, std::string_view type, ByteView data) {
  out.append(type);
  out.u32le(data.size());
  out.append(data);
  out.zeros(data.size() % 2);
}

/// The chunks to write besides the picture; empty views are not written.
struct Extras {
  ByteView icc;
  ByteView exif;
  ByteView xmp;
  bool unknown_chunks = false;    ///< keep the file's own
  std::vector<ByteView> foreign;  ///< whole chunks of another file
  ByteView trailing;
};

Result<Buffer> assemble(const Layout& layout, const Extras& extras) {
  const Chunk* extended = layout.find("VP8X");
  if (extended != nullptr && extended->data.size() < extended_size) return damaged();
  const bool animation = layout.find("ANMF") != nullptr;
  const auto canvas = picture_canvas(layout);
  if (!animation && (!canvas || canvas->width == 0 || canvas->height == 0)) return damaged();
  if (animation && extended == nullptr) return damaged();

  std::array<std::byte, extended_size> header{};
  const auto put24 = [&](std::size_t at, std::uint32_t value) {
    for (std::size_t i = 0; i < 3; ++i) header[at + i] = static_cast<std::byte>(value >> 8 * i);
  };
  if (extended != nullptr) {
    std::ranges::copy(extended->data.first(extended_size), header.begin());
  } else {
    if (canvas->alpha) header[0] = static_cast<std::byte>(alpha_flag);
    put24(4, canvas->width - 1);
    put24(7, canvas->height - 1);
  }
  unsigned flags = std::to_integer<unsigned>(header[0]) & ~(icc_flag | exif_flag | xmp_flag);
  if (!extras.icc.empty()) flags |= icc_flag;
  if (!extras.exif.empty()) flags |= exif_flag;
  if (!extras.xmp.empty()) flags |= xmp_flag;
  header[0] = static_cast<std::byte>(flags);

  // Unchanged if the header says anything that the picture alone would not.
  const Canvas stated{u24le(header, 4) + 1, u24le(header, 7) + 1, (flags & alpha_flag) != 0};
  const bool simple = !animation && (flags & ~alpha_flag) == 0 && stated == *canvas &&
                      layout.find("ALPH") == nullptr && !extras.unknown_chunks &&
                      extras.foreign.empty();

  ByteWriter out;
  out.append("RIFF\0\0\0\0WEBP"sv);
  if (!simple) put_chunk(out, "VP8X", header);
  if (!extras.icc.empty()) put_chunk(out, "ICCP", extras.icc);
  for (const Chunk& chunk : layout.chunks) {
    if (is_picture(chunk.type)) put_chunk(out, chunk.type, chunk.data);
  }
  if (!extras.exif.empty()) put_chunk(out, "EXIF", extras.exif);
  if (!extras.xmp.empty()) put_chunk(out, "XMP ", extras.xmp);
  if (extras.unknown_chunks) {
    for (const Chunk& chunk : layout.chunks) {
      if (is_unknown(chunk)) put_chunk(out, chunk.type, chunk.data);
    }
  }
  for (const ByteView chunk : extras.foreign) {
    out.append(chunk);
    out.zeros(chunk.size() % 2);
  }
  if (out.size() - 8 > 0xFFFFFFFEu) return damaged();
  ByteWriter size;
  size.u32le(out.size() - 8);
  out.append(extras.trailing);
  Buffer bytes = out.take();
  std::ranges::copy(size.view(), bytes.writable().subspan(4).begin());
  return bytes;
}

ByteView data_of(const Layout& layout, std::string_view type) {
  const Chunk* chunk = layout.find(type);
  return chunk == nullptr ? ByteView{} : chunk->data;
}

bool has_unknown_chunks(const Layout& layout) {
  return std::ranges::any_of(layout.chunks, is_unknown);
}

}  // namespace

MetadataBlocks read_webp(ByteView file) {
  const Layout layout = parse(file);
  MetadataBlocks blocks;
  blocks.icc = Buffer::copy_of(data_of(layout, "ICCP"));
  blocks.exif = Buffer::copy_of(tiff_part(data_of(layout, "EXIF")));
  blocks.xmp = Buffer::copy_of(data_of(layout, "XMP "));
  if (has_unknown_chunks(layout)) add_once(blocks.others, "application data");
  if (layout.find("C2PA") != nullptr) add_once(blocks.others, "content credentials");
  if (!layout.trailing.empty()) add_once(blocks.others, "trailing data");
  return blocks;
}

Result<Rewritten> rewrite_webp(ByteView file, const Keep& keep, ByteView exif, ByteView xmp) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  Extras extras;
  if (keep.icc) extras.icc = data_of(layout, "ICCP");
  extras.exif = exif;
  extras.xmp = keep.xmp ? data_of(layout, "XMP ") : xmp;
  extras.unknown_chunks = !keeps_nothing(keep) && has_unknown_chunks(layout);
  if (!keeps_nothing(keep) && !is_padding(layout.trailing)) extras.trailing = layout.trailing;
  IMGMILL_TRY(Buffer bytes, assemble(layout, extras));
  return Rewritten{std::move(bytes), {}};
}

std::vector<Holding> list_webp(ByteView file) {
  const Layout layout = parse(file);
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  for (const Chunk& chunk : layout.chunks) {
    if (chunk.type == "ICCP") {
      list.push_back({Content::colour, "colour profile", chunk.whole, {}});
    } else if (chunk.type == "EXIF") {
      list.push_back(exif_holding(tiff_part(chunk.data), chunk.whole));
    } else if (chunk.type == "XMP ") {
      list.push_back(xmp_holding(chunk.data, chunk.whole));
    } else if (chunk.type == "C2PA") {
      list.push_back({Content::credentials, "the content credentials (C2PA)", chunk.whole, {}});
    } else if (chunk.type == "ANMF") {
      list.push_back({Content::frame, "frame", {}, {}});
    } else if (is_unknown(chunk)) {
      list.push_back({Content::unknown, "chunk '" + printable(chunk.type) + "'", chunk.whole, {}});
    }
  }
  if (!layout.trailing.empty()) {
    list.push_back({is_padding(layout.trailing) ? Content::padding : Content::trailing,
                    "data after the end of the image",
                    layout.trailing,
                    {}});
  }
  return list;
}

Result<Buffer> carry_into_webp(ByteView file, ByteView /*original*/,
                               const std::vector<Holding>& pieces) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  Extras extras{.icc = data_of(layout, "ICCP"),
                .exif = data_of(layout, "EXIF"),
                .xmp = data_of(layout, "XMP "),
                .foreign = {},
                .trailing = {}};
  for (const Holding& piece : pieces) {
    if (piece.content == Content::trailing) {
      extras.trailing = piece.bytes;
    } else {
      extras.foreign.push_back(piece.bytes);
    }
  }
  return assemble(layout, extras);
}

Result<Buffer> insert_webp(ByteView file, const NewMetadata& metadata) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  Extras extras;
  extras.icc = data_of(layout, "ICCP");
  extras.exif = metadata.exif.empty() ? data_of(layout, "EXIF") : metadata.exif;
  extras.xmp = metadata.xmp.empty() ? data_of(layout, "XMP ") : metadata.xmp;
  extras.unknown_chunks = has_unknown_chunks(layout);
  return assemble(layout, extras);
}

Result<Buffer> insert_webp_profile(ByteView file, ByteView profile) {
  const Layout layout = parse(file);
  if (!layout.complete) return damaged();
  return assemble(layout, {.icc = profile, .exif = {}, .xmp = {}, .foreign = {}, .trailing = {}});
}

bool is_lossless_webp(ByteView file) { return parse(file).find("VP8L") != nullptr; }

}  // namespace imgmill::metadata
