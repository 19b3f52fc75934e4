#include "metadata/jxl_boxes.h"

#include <brotli/decode.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/container_inventories.h"
#include "metadata/tiff_view.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto signature = "\0\0\0\x0CJXL \x0D\x0A\x87\x0A"sv;
constexpr auto file_type =
    "\0\0\0\x14"
    "ftypjxl \0\0\0\0jxl "sv;
constexpr auto bare_signature = "\xFF\x0A"sv;
constexpr std::size_t largest_block = std::size_t{16} << 20;
constexpr std::size_t max_boxes = 100'000;

struct Box {
  std::string_view type;
  ByteView payload;
  ByteView whole;  ///< with its header
};

struct Layout {
  bool bare = false;  ///< no boxes
  bool sound = false;
  std::vector<Box> boxes;  ///< after the signature

  [[nodiscard]] bool has(std::string_view type) const {
    return std::ranges::find(boxes, type, &Box::type) != boxes.end();
  }
};

Layout parse(ByteView file) {
  Layout layout;
  if (starts_with(file, bare_signature)) {
    layout.bare = layout.sound = true;
    return layout;
  }
  if (!starts_with(file, signature)) return layout;
  std::size_t at = signature.size();
  while (fits(file, at, 8) && layout.boxes.size() < max_boxes) {
    std::uint64_t size = u32be(file, at);
    std::size_t header = 8;
    if (size == 1) {
      if (!fits(file, at, 16)) return layout;
      size = u64be(file, at + 8);
      header = 16;
    } else if (size == 0) {
      size = file.size() - at;
    }
    if (size < header || !fits(file, at, size)) return layout;
    layout.boxes.push_back({as_text(file.subspan(at + 4, 4)),
                            file.subspan(at + header, static_cast<std::size_t>(size) - header),
                            file.subspan(at, static_cast<std::size_t>(size))});
    at += static_cast<std::size_t>(size);
  }
  // A "jxlc" box must hold a codestream: if no other boxes remain, its payload becomes the file.
  const bool pictures = std::ranges::all_of(layout.boxes, [](const Box& box) {
    return box.type != "jxlc" || starts_with(box.payload, bare_signature);
  });
  layout.sound = pictures && at == file.size() && layout.has("ftyp") &&
                 (layout.has("jxlc") || layout.has("jxlp"));
  return layout;
}

/// Returns the type of `box`; for a compressed one, that of its contents.
std::string_view subject(const Box& box) {
  return box.type == "brob" && box.payload.size() >= 4 ? as_text(box.payload.first(4)) : box.type;
}

/// Empty if it is damaged or too large.
Buffer contents(const Box& box) {
  if (box.type != "brob") return Buffer::copy_of(box.payload);
  const ByteView packed = from(box.payload, 4);
  // Grown step by step: a box's stated size may be far from the real one.
  for (std::size_t room = std::max<std::size_t>(4096, packed.size() * 4);; room *= 4) {
    room = std::min(room, largest_block);
    Buffer out = Buffer::uninitialised(room);
    std::size_t size = room;
    if (BrotliDecoderDecompress(packed.size(), reinterpret_cast<const std::uint8_t*>(packed.data()),
                                &size, reinterpret_cast<std::uint8_t*>(out.data())) ==
        BROTLI_DECODER_RESULT_SUCCESS) {
      out.shrink(size);
      return out;
    }
    if (room == largest_block || room > packed.size() * 2000) return {};
  }
}

/// Returns the TIFF block of an Exif box, which begins with an offset to it.
Buffer exif_of(ByteView box) {
  if (box.size() < 4) return {};
  const std::uint64_t offset = std::uint64_t{4} + u32be(box, 0);
  ByteView block = offset < box.size() ? tiff_part(box.subspan(offset)) : ByteView{};
  if (block.empty()) block = tiff_part(box.subspan(4));
  return Buffer::copy_of(block);
}

bool is_picture(const Box& box) {
  constexpr std::array types{"jxlc"sv, "jxlp"sv, "jxli"sv, "jbrd"sv};
  return std::ranges::find(types, box.type) != types.end();
}

bool is_frame(const Box& box) { return box.type == "ftyp" || box.type == "jxll"; }

bool is_own_data(const Box& box) {
  const std::string_view about = subject(box);
  return !is_picture(box) && !is_frame(box) && about != "Exif" && about != "xml ";
}

// C2PA stores its manifest in a JUMBF box (ISO 19566-5).
bool is_credentials(const Box& box) { return subject(box) == "jumb"; }

bool own_data_stays(const Box& box, const Keep& keep) {
  return !is_credentials(box) && !keeps_nothing(keep);
}

std::unexpected<Error> damaged() {
  return fail(ErrorCode::bad_input, "the JPEG XL file is damaged or incomplete",
              "restore the file from a copy; it was left as it is");
}

void put_box(ByteWriter& out, std::string_view type, ByteView payload) {
  if (payload.size() + 8 > 0xFFFFFFFFu) {
    out.u32be(1);
    out.append(type);
    out.u32be(static_cast<std::size_t>((std::uint64_t{payload.size()} + 16) >> 32));
    out.u32be(static_cast<std::size_t>((std::uint64_t{payload.size()} + 16) & 0xFFFFFFFFu));
  } else {
    out.u32be(payload.size() + 8);
    out.append(type);
  }
  out.append(payload);
}

/// The boxes besides the picture.
struct Extras {
  ByteView exif;             ///< from the TIFF header on
  std::vector<Box> xmp;      ///< whole boxes, unchanged
  std::vector<Box> foreign;  ///< the same
  [[nodiscard]] bool none() const { return exif.empty() && xmp.empty() && foreign.empty(); }
};

/// Writes metadata before the picture, so that it can be read without the whole file.
Buffer assemble(ByteView file, const Layout& layout, const Extras& extras) {
  if (layout.bare && extras.none()) return Buffer::copy_of(file);
  const auto needed = [](const Box& box) { return is_picture(box) || box.type == "jxll"; };
  if (extras.none() && std::ranges::count_if(layout.boxes, needed) == 1 && layout.has("jxlc")) {
    return Buffer::copy_of(std::ranges::find(layout.boxes, "jxlc"sv, &Box::type)->payload);
  }
  ByteWriter out(file.size() + extras.exif.size() + 100);
  out.append(signature);
  if (layout.bare) out.append(file_type);
  for (const Box& box : layout.boxes) {
    if (is_frame(box)) put_box(out, box.type, box.payload);
  }
  if (!extras.exif.empty()) {
    ByteWriter exif(extras.exif.size() + 4);
    exif.zeros(4);
    exif.append(extras.exif);
    put_box(out, "Exif", exif.view());
  }
  for (const Box& box : extras.xmp) put_box(out, box.type, box.payload);
  if (layout.bare) put_box(out, "jxlc", file);
  for (const Box& box : layout.boxes) {
    if (is_picture(box)) put_box(out, box.type, box.payload);
  }
  for (const Box& box : extras.foreign) put_box(out, box.type, box.payload);
  return out.take();
}

}  // namespace

bool holds_jpeg(ByteView file) { return parse(file).has("jbrd"); }

MetadataBlocks read_jxl(ByteView file) {
  MetadataBlocks blocks;
  const Layout layout = parse(file);
  bool exif_seen = false;
  bool xmp_seen = false;
  for (const Box& box : layout.boxes) {
    const std::string_view about = subject(box);
    if (about == "Exif" && !exif_seen) {
      exif_seen = true;
      blocks.exif = exif_of(contents(box).view());
    } else if (about == "xml " && !xmp_seen) {
      xmp_seen = true;
      blocks.xmp = contents(box);
    } else if (is_own_data(box)) {
      add_once(blocks.others, "application data");
    }
  }
  if (layout.has("jbrd")) add_once(blocks.others, "a JPEG that can be restored");
  return blocks;
}

Result<Rewritten> rewrite_jxl(ByteView file, const Keep& keep, ByteView exif, ByteView xmp_packet) {
  const Layout layout = parse(file);
  if (!layout.sound) return damaged();
  Extras extras{.exif = exif, .xmp = {}, .foreign = {}};
  bool drops = false;
  for (const Box& box : layout.boxes) {
    const bool xmp = subject(box) == "xml ";
    if (!xmp && !is_own_data(box)) continue;
    if (xmp ? keep.xmp : own_data_stays(box, keep)) {
      (xmp ? extras.xmp : extras.foreign).push_back(box);
    } else {
      drops = true;
    }
  }
  if (layout.has("jbrd")) {
    // The reconstructed file gets its metadata from these boxes.
    if (drops || !equal(read_jxl(file).exif.view(), exif)) {
      return fail(ErrorCode::unsupported,
                  "without it the JPEG in this JPEG XL file could not be restored",
                  "restore it with imgmill restore-jpeg, and optimize that");
    }
    return Rewritten{Buffer::copy_of(file), {}};
  }
  if (!keep.xmp && !xmp_packet.empty()) extras.xmp.push_back({"xml ", xmp_packet, {}});
  return Rewritten{assemble(file, layout, extras), {}};
}

std::vector<Holding> list_jxl(ByteView file) {
  const Layout layout = parse(file);
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  const MetadataBlocks blocks = read_jxl(file);
  bool exif_seen = false;
  bool xmp_seen = false;
  for (const Box& box : layout.boxes) {
    const std::string_view about = subject(box);
    if (is_picture(box) || is_frame(box)) continue;
    if (about == "Exif") {
      list.push_back(exif_holding(exif_seen ? ByteView{} : blocks.exif.view(), box.whole));
      exif_seen = true;
    } else if (about == "xml ") {
      list.push_back(xmp_holding(xmp_seen ? ByteView{} : blocks.xmp.view(), box.whole));
      xmp_seen = true;
    } else if (is_credentials(box)) {
      list.push_back({Content::credentials, "the content credentials (C2PA)", box.whole, {}});
    } else if (about == "jhgm") {
      list.push_back({Content::auxiliary, "the HDR gain map", box.whole, {}});
    } else {
      list.push_back({Content::unknown, "box '" + printable(about) + "'", box.whole, {}});
    }
  }
  return list;
}

Result<Buffer> carry_into_jxl(ByteView file, ByteView /*original*/,
                              const std::vector<Holding>& pieces) {
  const Layout layout = parse(file);
  if (!layout.sound) return damaged();
  const Buffer exif = read_jxl(file).exif;
  Extras extras{.exif = exif.view(), .xmp = {}, .foreign = {}};
  for (const Box& box : layout.boxes) {
    if (subject(box) == "xml ") extras.xmp.push_back(box);
    if (is_own_data(box)) extras.foreign.push_back(box);
  }
  for (const Holding& piece : pieces) {
    const bool wide = piece.bytes.size() >= 16 && u32be(piece.bytes, 0) == 1;
    extras.foreign.push_back(
        {as_text(piece.bytes.subspan(4, 4)), piece.bytes.subspan(wide ? 16 : 8), piece.bytes});
  }
  return assemble(file, layout, extras);
}

Result<Buffer> insert_jxl(ByteView file, const NewMetadata& metadata) {
  const Layout layout = parse(file);
  if (!layout.sound) return damaged();
  Extras extras{.exif = metadata.exif, .xmp = {}, .foreign = {}};
  const Buffer own = metadata.exif.empty() ? read_jxl(file).exif : Buffer();
  if (metadata.exif.empty()) extras.exif = own.view();
  if (!metadata.xmp.empty()) extras.xmp.push_back({"xml ", metadata.xmp, {}});
  for (const Box& box : layout.boxes) {
    if (subject(box) == "xml " && metadata.xmp.empty()) extras.xmp.push_back(box);
    if (is_own_data(box)) extras.foreign.push_back(box);
  }
  return assemble(file, layout, extras);
}

}  // namespace imgmill::metadata
