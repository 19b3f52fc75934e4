#include "metadata/gif_blocks.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "base/text.h"
#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/container_inventories.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

enum class Kind {
  picture,
  icc,
  xmp,
  comment,
  application,  // known application data
  text,         // a plain text extension, which no decoder draws any more
  credentials,
  unknown,
  end,
};

// Application extensions that do not affect the picture (names of 11 bytes).
constexpr std::array known_applications = {"MGK8BIM0000"sv,   "MGKIPTC0000"sv,   "ImageMagick"sv,
                                           "ADOBE:IR1.0"sv,   "ICCRGBG1008"sv,   "STARDIV 5.0"sv,
                                           "PIANYGIF2.0"sv,   "ZGATEXTI5\0\0"sv, "ZGATILEI5\0\0"sv,
                                           "ZGACTRLI5\0\0"sv, "ZGANPIMGI5\0"sv};

struct Block {
  Kind kind = Kind::picture;
  ByteView whole;
  ByteView name;        ///< of an application, 11 bytes
  ByteView sub_blocks;  ///< with their length bytes and the closing zero
};

/// Returns the position after the sub-blocks at `at`, or none if the file ends first.
std::optional<std::size_t> past_sub_blocks(ByteView file, std::size_t at) {
  while (fits(file, at, 1)) {
    const std::size_t size = u8(file, at);
    ++at;
    if (size == 0) return at;
    at += size;
  }
  return std::nullopt;
}

/// Returns the size in bytes of the colour table announced by packed field `packed`.
std::size_t table_size(std::uint8_t packed) {
  return (packed & 0x80) != 0 ? std::size_t{3} << ((packed & 7) + 1) : 0;
}

class Walker {
 public:
  explicit Walker(ByteView file) : file_(file) {
    if (file.size() < 13 || (!starts_with(file, "GIF87a") && !starts_with(file, "GIF89a"))) return;
    const std::size_t size = 13 + table_size(u8(file, 10));
    if (file.size() < size) return;
    at_ = size;
  }

  /// Header, screen descriptor and colour table; empty if damaged.
  [[nodiscard]] ByteView header() const { return file_.first(at_); }
  [[nodiscard]] std::size_t position() const { return at_; }
  [[nodiscard]] bool at_end() const { return at_ >= file_.size(); }

  /// Returns the next block, or none if the file ends or is damaged.
  std::optional<Block> next() {
    if (!fits(file_, at_, 1)) return std::nullopt;
    Block block;
    std::optional<std::size_t> end;
    switch (u8(file_, at_)) {
      case 0x3B:
        block.kind = Kind::end;
        end = at_ + 1;
        break;
      case 0x2C:
        if (!fits(file_, at_, 10)) return std::nullopt;
        // Descriptor, colour table, code size, data.
        end = past_sub_blocks(file_, at_ + 10 + table_size(u8(file_, at_ + 9)) + 1);
        break;
      case 0x21:
        if (!fits(file_, at_, 2)) return std::nullopt;
        end = past_sub_blocks(file_, at_ + 2);
        if (end) classify(block, *end);
        break;
      default:
        return std::nullopt;
    }
    if (!end) return std::nullopt;
    block.whole = file_.subspan(at_, *end - at_);
    at_ = *end;
    return block;
  }

 private:
  void classify(Block& block, std::size_t end) const {
    const std::uint8_t label = u8(file_, at_ + 1);
    block.sub_blocks = file_.subspan(at_ + 2, end - at_ - 2);
    if (label == 0xF9) return;  // graphic control extension
    block.kind = label == 0xFE ? Kind::comment : label == 0x01 ? Kind::text : Kind::unknown;
    if (label != 0xFF || block.sub_blocks.size() < 12 || u8(block.sub_blocks, 0) != 11) return;
    block.name = block.sub_blocks.subspan(1, 11);
    block.sub_blocks = block.sub_blocks.subspan(12);
    const std::string_view name = as_text(block.name);
    if (name == "NETSCAPE2.0" || name == "ANIMEXTS1.0") block.kind = Kind::picture;
    if (name == "XMP DataXMP") block.kind = Kind::xmp;
    if (name == "ICCRGBG1012") block.kind = Kind::icc;
    if (name.starts_with("C2PA_GIF")) block.kind = Kind::credentials;
    if (std::ranges::find(known_applications, name) != known_applications.end()) {
      block.kind = Kind::application;
    }
  }

  ByteView file_;
  std::size_t at_ = 0;
};

Buffer joined(ByteView sub_blocks) {
  ByteWriter out(sub_blocks.size());
  std::size_t at = 0;
  while (fits(sub_blocks, at, 1)) {
    const std::size_t size = u8(sub_blocks, at);
    if (size == 0 || !fits(sub_blocks, at + 1, size)) break;
    out.append(sub_blocks.subspan(at + 1, size));
    at += 1 + size;
  }
  return out.take();
}

/// GIF stores XMP unsplit, followed by a ramp of 258 bytes that leads a reader of sub-blocks to the
/// end (XMP part 3, 1.1.2).
Buffer xmp_of(ByteView sub_blocks) {
  constexpr std::size_t ramp_size = 258;
  if (sub_blocks.size() >= ramp_size) {
    const ByteView ramp = sub_blocks.last(ramp_size);
    if (starts_with(ramp, "\x01\xff\xfe"sv)) {
      return Buffer::copy_of(sub_blocks.first(sub_blocks.size() - ramp_size));
    }
  }
  return joined(sub_blocks);
}

bool stays(Kind kind, const Keep& keep) {
  switch (kind) {
    case Kind::picture:
    case Kind::text:
    case Kind::end:
      return true;
    case Kind::icc:
      return keep.icc;
    case Kind::xmp:
      return keep.xmp;
    case Kind::comment:
      return keep.comment;
    case Kind::application:
      return keeps_everything(keep);
    case Kind::credentials:
      return false;
    case Kind::unknown:
      return !keeps_nothing(keep);
  }
  return false;
}

/// Writes XMP unsplit, followed by the ramp.
void put_xmp(ByteWriter& out, ByteView packet) {
  out.append("\x21\xFF\x0BXMP DataXMP"sv);
  out.append(packet);
  out.u8(1);
  for (std::size_t i = 0; i < 256; ++i) out.u8(255 - i);
  out.u8(0);
}

}  // namespace

std::string diagnose_gif(ByteView file) {
  Walker walker(file);
  if (walker.header().empty()) return "its header is missing or cut off";
  bool frame = false;
  while (const auto block = walker.next()) {
    if (block->kind == Kind::end) return frame ? "" : "it holds no picture";
    frame = frame || u8(block->whole, 0) == 0x2C;
  }
  if (!walker.at_end()) return "it ends in the middle of a block, or holds what is none";
  return frame ? "" : "it holds no picture";
}

GifScreen read_gif_screen(ByteView file) {
  GifScreen screen;
  Walker walker(file);
  if (walker.header().empty()) return screen;
  screen.width = u16le(file, 6);
  screen.height = u16le(file, 8);
  const ByteView shared = walker.header().subspan(13);
  bool loops = false;
  GifPicture next;  // filled in by graphic control extensions
  while (const auto block = walker.next()) {
    if (block->kind == Kind::end) break;
    const ByteView whole = block->whole;
    if (u8(whole, 0) == 0x2C) {
      next.left = u16le(whole, 1);
      next.top = u16le(whole, 3);
      next.width = u16le(whole, 5);
      next.height = u16le(whole, 7);
      const std::uint8_t packed = u8(whole, 9);
      const std::size_t own = table_size(packed);
      next.interlaced = (packed & 0x40) != 0;
      next.colours = own > 0 ? whole.subspan(10, own) : shared;
      next.code_size = u8(whole, 10 + own);
      next.data = whole.subspan(11 + own);
      screen.pictures.push_back(next);
      next = {};
    } else if (u8(whole, 1) == 0xF9 && whole.size() >= 7 && u8(whole, 2) >= 4) {
      const std::uint8_t packed = u8(whole, 3);
      next.disposal = packed >> 2 & 7;
      next.delay = u16le(whole, 4);
      next.clear = (packed & 1) != 0 ? std::optional(u8(whole, 6)) : std::nullopt;
    } else if (!loops && block->kind == Kind::picture && !block->name.empty() &&
               block->sub_blocks.size() >= 4 && u8(block->sub_blocks, 0) == 3 &&
               u8(block->sub_blocks, 1) == 1) {
      const int again = u16le(block->sub_blocks, 2);
      screen.plays = again == 0 ? 0 : again + 1;
      loops = true;
    }
  }
  return screen;
}

MetadataBlocks read_gif(ByteView file) {
  MetadataBlocks blocks;
  Walker walker(file);
  if (walker.header().empty()) return blocks;
  while (const auto block = walker.next()) {
    if (block->kind == Kind::end) {
      if (!walker.at_end()) add_once(blocks.others, "trailing data");
      break;
    }
    if (block->kind == Kind::icc && blocks.icc.empty()) blocks.icc = joined(block->sub_blocks);
    if (block->kind == Kind::xmp && blocks.xmp.empty()) blocks.xmp = xmp_of(block->sub_blocks);
    if (block->kind == Kind::comment) add_once(blocks.others, "comment");
    if (block->kind == Kind::credentials) add_once(blocks.others, "content credentials");
    if (block->kind == Kind::application || block->kind == Kind::unknown) {
      add_once(blocks.others, "application data");
    }
  }
  return blocks;
}

Result<Rewritten> rewrite_gif(ByteView file, const Keep& keep, ByteView exif, ByteView xmp) {
  if (const std::string damage = diagnose_gif(file); !damage.empty()) {
    return fail(ErrorCode::bad_input, "the GIF file is damaged: " + damage,
                "restore the file from a copy; it was left as it is");
  }
  Walker walker(file);
  Rewritten result;
  ByteWriter out(file.size() + xmp.size() + 300);
  out.append(walker.header());
  // The first version has no extensions.
  if (!keep.xmp && !xmp.empty() && starts_with(file, "GIF89a")) put_xmp(out, xmp);
  bool ended = false;
  while (!ended) {
    const auto block = walker.next();
    if (!block) break;
    ended = block->kind == Kind::end;
    if (stays(block->kind, keep)) out.append(block->whole);
  }
  if (!ended) out.u8(0x3B);
  const ByteView rest = from(file, walker.position());
  if (!keeps_nothing(keep) && !is_padding(rest)) out.append(rest);
  if (!exif.empty()) result.notes.push_back("EXIF dropped: GIF has no place for it");
  result.bytes = out.take();
  return result;
}

std::vector<Holding> list_gif(ByteView file) {
  constexpr std::size_t most_listed = 20'000;  // the list is for display
  std::vector<Holding> list;
  Walker walker(file);
  if (walker.header().empty()) return list;
  bool first = true;
  while (const auto block = walker.next()) {
    const auto add = [&](Content content, std::string name, PrivateData holds = {}) {
      list.push_back({content, std::move(name), block->whole, holds});
    };
    if (block->kind == Kind::end) break;
    switch (block->kind) {
      case Kind::picture:
        if (u8(block->whole, 0) != 0x2C || list.size() > most_listed) break;
        add(first ? Content::picture : Content::frame, first ? "picture" : "frame");
        first = false;
        break;
      case Kind::icc:
        add(Content::colour, "colour profile");
        break;
      case Kind::xmp:
        list.push_back(xmp_holding(xmp_of(block->sub_blocks).view(), block->whole));
        break;
      case Kind::comment:
        add(Content::comment, "comment", {.comment = true});
        break;
      case Kind::credentials:
        add(Content::credentials, "the content credentials (C2PA)");
        break;
      case Kind::application:
        add(Content::application, printable(as_text(block->name)));
        break;
      case Kind::text:
        add(Content::bound, "a plain text extension");
        break;
      case Kind::unknown:
        add(Content::unknown, block->name.empty()
                                  ? std::string("an extension")
                                  : "extension '" + printable(as_text(block->name)) + "'");
        break;
      case Kind::end:
        break;
    }
  }
  const ByteView rest = from(file, walker.position());
  if (!rest.empty()) {
    list.push_back({is_padding(rest) ? Content::padding : Content::trailing,
                    "data after the end of the image",
                    rest,
                    {}});
  }
  return list;
}

Result<Buffer> carry_into_gif(ByteView file, ByteView /*original*/,
                              const std::vector<Holding>& pieces) {
  Walker walker(file);
  if (walker.header().empty()) {
    return fail(ErrorCode::bad_input, "the GIF file is damaged: its header is missing");
  }
  ByteWriter out(file.size() + 1024);
  out.append(walker.header());
  ByteView trailing;
  for (const Holding& piece : pieces) {
    if (piece.content == Content::trailing) {
      trailing = piece.bytes;
    } else {
      out.append(piece.bytes);
    }
  }
  out.append(from(file, walker.position()));
  out.append(trailing);
  return out.take();
}

}  // namespace imgmill::metadata
