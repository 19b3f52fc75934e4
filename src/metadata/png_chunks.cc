#include "metadata/png_chunks.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string>

#include "base/text.h"
#include "base/try.h"
#include "metadata/bytes.h"
#include "metadata/container_inventories.h"
#include "metadata/deflate.h"
#include "metadata/photoshop.h"

namespace imgmill::metadata {
namespace {

using std::string_view_literals::operator""sv;

constexpr auto signature = "\x89PNG\r\n\x1a\n"sv;
constexpr auto xmp_keyword = "XML:com.adobe.xmp"sv;
constexpr auto raw_prefix = "Raw profile type "sv;
constexpr auto jpeg_xmp_signature = "http://ns.adobe.com/xap/1.0/\0"sv;
constexpr std::size_t max_keyword = 79;
constexpr std::size_t max_listed = 10'000;  // the list is for display

std::uint32_t checksum(ByteView type_and_data) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(type_and_data.data()), type_and_data.size()));
}

void put_chunk(ByteWriter& out, std::string_view type, ByteView data) {
  out.u32be(data.size());
  const std::size_t begin = out.size();
  out.append(type);
  out.append(data);
  out.u32be(checksum(out.view().subspan(begin)));
}

bool is_text(std::string_view type) { return type == "tEXt" || type == "zTXt" || type == "iTXt"; }

std::string_view keyword_of(const PngChunk& chunk) {
  const std::string_view text = as_text(chunk.data);
  const std::size_t end = text.substr(0, max_keyword + 1).find('\0');
  return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
}

/// The contents of a text chunk, as stored.
struct TextBody {
  ByteView bytes;
  bool deflated = false;
};

std::optional<TextBody> body_of(const PngChunk& chunk) {
  const std::size_t at = keyword_of(chunk).size() + 1;
  if (chunk.type == "tEXt") return TextBody{from(chunk.data, at)};
  if (chunk.type == "zTXt") {
    if (!fits(chunk.data, at, 1) || u8(chunk.data, at) != 0) return std::nullopt;
    return TextBody{from(chunk.data, at + 1), true};
  }
  // iTXt: compression flag and method, language, translated keyword.
  if (!fits(chunk.data, at, 2)) return std::nullopt;
  const std::string_view text = as_text(chunk.data);
  const std::size_t language_end = text.find('\0', at + 2);
  if (language_end == std::string_view::npos) return std::nullopt;
  const std::size_t translated_end = text.find('\0', language_end + 1);
  if (translated_end == std::string_view::npos) return std::nullopt;
  return TextBody{from(chunk.data, translated_end + 1), u8(chunk.data, at) != 0};
}

/// Inflates if necessary; none if damaged or over budget.
std::optional<Buffer> text_of(const PngChunk& chunk, InflateBudget& budget) {
  const auto body = body_of(chunk);
  if (!body) return std::nullopt;
  return body->deflated ? budget.inflate(body->bytes) : Buffer::copy_of(body->bytes);
}

/// Decodes ImageMagick's "Raw profile": a name, a length and hexadecimal digits.
Buffer raw_profile(std::string_view text) {
  constexpr auto blanks = " \n\r\t"sv;
  const auto skip_blanks = [&] {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
  };
  const auto skip_word = [&] {
    text.remove_prefix(std::min(text.find_first_of(blanks), text.size()));
  };
  skip_blanks();
  skip_word();  // the name
  skip_blanks();
  skip_word();  // the length, which the number of digits tells as well
  ByteWriter out(text.size() / 2);
  int high = -1;
  for (const char c : text) {
    int digit = 0;
    if (c >= '0' && c <= '9') {
      digit = c - '0';
    } else if (c >= 'a' && c <= 'f') {
      digit = c - 'a' + 10;
    } else if (c >= 'A' && c <= 'F') {
      digit = c - 'A' + 10;
    } else if (blanks.contains(c)) {
      continue;
    } else {
      return {};
    }
    if (high < 0) {
      high = digit;
    } else {
      out.u8(static_cast<std::size_t>(high * 16 + digit));
      high = -1;
    }
  }
  return out.take();
}

Buffer raw_profile(const PngChunk& chunk, InflateBudget& budget) {
  const auto text = text_of(chunk, budget);
  return text ? raw_profile(as_text(text->view())) : Buffer{};
}

/// True if a raw profile is an XMP packet as in JPEG. Looks at as little as possible, because every
/// chunk is checked.
bool is_raw_xmp(const PngChunk& chunk) {
  constexpr std::size_t enough = 256;
  const auto body = body_of(chunk);
  if (!body) return false;
  const Buffer start =
      body->deflated ? inflated_start(body->bytes, enough)
                     : Buffer::copy_of(body->bytes.first(std::min(body->bytes.size(), enough)));
  return starts_with(raw_profile(as_text(start.view())).view(), jpeg_xmp_signature);
}

Buffer written_raw_profile(std::string_view name, ByteView bytes) {
  std::string text = fmt::format("\n{}\n{:8}\n", name, bytes.size());
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    fmt::format_to(std::back_inserter(text), "{:02x}", u8(bytes, i));
    if (i % 36 == 35) text += '\n';
  }
  text += '\n';
  ByteWriter out;
  out.append(raw_prefix);
  out.append(name);
  out.zeros(2);  // end of the keyword, method
  out.append(deflated(as_bytes(text)).view());
  return out.take();
}

constexpr double inches_a_metre = 1 / 0.0254;

/// pHYs (11.3.4.3 of the standard): pixels per metre.
void put_resolution(ByteWriter& out, const Resolution& resolution) {
  const auto dots = [](double per_inch) {
    return static_cast<std::size_t>(
        std::clamp(std::round(per_inch * inches_a_metre), 1.0, 2147483647.0));
  };
  ByteWriter data(9);
  data.u32be(dots(resolution.x));
  data.u32be(dots(resolution.y));
  data.u8(1);
  put_chunk(out, "pHYs", data.view());
}

std::optional<Resolution> resolution_of(ByteView data) {
  if (data.size() != 9 || u8(data, 8) != 1) return std::nullopt;
  const Resolution found{u32be(data, 0) / inches_a_metre, u32be(data, 4) / inches_a_metre};
  if (!(found.x > 0) || !(found.y > 0)) return std::nullopt;
  return found;
}

void put_new(ByteWriter& out, const NewMetadata& metadata) {
  if (!metadata.exif.empty()) put_chunk(out, "eXIf", metadata.exif);
  if (metadata.resolution) put_resolution(out, *metadata.resolution);
  if (!metadata.xmp.empty()) {
    ByteWriter text;
    text.append(xmp_keyword);
    text.zeros(5);  // end of the keyword, not compressed, method, no language, no translation
    text.append(metadata.xmp);
    put_chunk(out, "iTXt", text.view());
  }
  if (!metadata.iptc.empty()) {
    const Buffer resources = photoshop_with_iptc(metadata.iptc);
    put_chunk(out, "zTXt", written_raw_profile("iptc", resources.view()).view());
  }
}

enum class Kind {
  picture,
  icc,
  exif,
  xmp,
  iptc,
  copyright,
  comment,
  resolution,
  credentials,
  application,
  unknown,
  bound,  // unknown, and must not be copied to other pixels
};

Kind text_kind(const PngChunk& chunk) {
  const std::string_view keyword = keyword_of(chunk);
  if (keyword == xmp_keyword) return Kind::xmp;
  const std::string key = lower_case(keyword);
  if (keyword.starts_with(raw_prefix)) {
    const std::string profile = key.substr(raw_prefix.size());
    if (profile == "exif") return Kind::exif;
    if (profile == "app1") {
      return is_raw_xmp(chunk) ? Kind::xmp : Kind::exif;
    }
    if (profile == "xmp") return Kind::xmp;
    return profile == "iptc" ? Kind::iptc : Kind::application;
  }
  // ImageMagick writes every EXIF field, including position, as a separate text.
  if (key.starts_with("exif:")) return Kind::application;
  if (key == "copyright" || key == "author" || key == "artist") return Kind::copyright;
  return Kind::comment;
}

Kind kind_of(const PngChunk& chunk) {
  // Chunks that a viewer needs to display the picture correctly.
  constexpr std::array picture{"IHDR"sv, "PLTE"sv, "IDAT"sv, "IEND"sv, "tRNS"sv, "gAMA"sv, "cHRM"sv,
                               "sRGB"sv, "sBIT"sv, "bKGD"sv, "cICP"sv, "mDCV"sv, "cLLI"sv, "mDCv"sv,
                               "cLLi"sv, "acTL"sv, "fcTL"sv, "fdAT"sv, "sTER"sv};
  if (std::ranges::find(picture, chunk.type) != picture.end()) return Kind::picture;
  if (chunk.type == "iCCP") return Kind::icc;
  if (chunk.type == "eXIf" || chunk.type == "zxIf") return Kind::exif;
  if (is_text(chunk.type)) return text_kind(chunk);
  if (chunk.type == "pHYs") return Kind::resolution;
  if (chunk.type == "caBX") return Kind::credentials;
  // Chunks of the standard and its registered extensions, or of programs known not to affect the
  // picture: ImageMagick, libpng's test program, Apple's decoder hint.
  constexpr std::array known{"tIME"sv, "hIST"sv, "sPLT"sv, "oFFs"sv, "pCAL"sv, "sCAL"sv,
                             "gIFg"sv, "gIFx"sv, "gIFt"sv, "fRAc"sv, "dSIG"sv, "vpAg"sv,
                             "caNv"sv, "orNT"sv, "iDOT"sv, "meTa"sv, "spAL"sv};
  if (std::ranges::find(known, chunk.type) != known.end()) return Kind::application;
  // 5.4 of the standard: chunks that are not "safe to copy" must be dropped if critical chunks
  // change.
  return chunk.type[3] >= 'a' ? Kind::unknown : Kind::bound;
}

bool stays(Kind kind, const Keep& keep) {
  switch (kind) {
    case Kind::picture:
      return true;
    case Kind::icc:
      return keep.icc;
    case Kind::exif:  // replaced
      return false;
    case Kind::xmp:
      return keep.xmp;
    case Kind::iptc:
      return keep.iptc;
    case Kind::copyright:
      return keep.copyright || keep.comment;
    case Kind::comment:
      return keep.comment;
    case Kind::resolution:
      return true;
    case Kind::unknown:
    case Kind::bound:
      return !keeps_nothing(keep);
    case Kind::credentials:
      return false;
    case Kind::application:
      return keeps_everything(keep);
  }
  return false;
}

Buffer icc_of(const PngChunk& chunk, InflateBudget& budget) {
  const std::size_t at = keyword_of(chunk).size() + 1;
  if (!fits(chunk.data, at, 1) || u8(chunk.data, at) != 0) return {};
  auto profile = budget.inflate(from(chunk.data, at + 1));
  return profile ? std::move(*profile) : Buffer{};
}

void read_text(const PngChunk& chunk, InflateBudget& budget, MetadataBlocks& blocks) {
  switch (text_kind(chunk)) {
    case Kind::exif:
      if (blocks.exif.empty()) {
        blocks.exif = Buffer::copy_of(tiff_part(raw_profile(chunk, budget).view()));
        blocks.exif_turns = blocks.exif.empty();
      }
      break;
    case Kind::xmp: {
      if (!blocks.xmp.empty()) break;
      if (!keyword_of(chunk).starts_with(raw_prefix)) {
        if (auto text = text_of(chunk, budget)) blocks.xmp = std::move(*text);
        break;
      }
      const Buffer raw = raw_profile(chunk, budget);
      const bool framed = starts_with(raw.view(), jpeg_xmp_signature);
      blocks.xmp = Buffer::copy_of(from(raw.view(), framed ? jpeg_xmp_signature.size() : 0));
      break;
    }
    case Kind::iptc: {
      if (!blocks.iptc.empty()) break;
      const Buffer raw = raw_profile(chunk, budget);
      Buffer records = iptc_in_photoshop(raw.view());
      // Some writers omit Photoshop's framing; records begin with 0x1C.
      const bool bare = records.empty() && starts_with(raw.view(), "\x1c"sv);
      blocks.iptc = bare ? Buffer::copy_of(raw.view()) : std::move(records);
      break;
    }
    case Kind::copyright:
      add_once(blocks.others, "copyright text");
      break;
    default:
      add_once(blocks.others, "comment");
  }
}

std::unexpected<Error> damaged(std::string_view what) {
  return fail(ErrorCode::bad_input, fmt::format("the PNG file is damaged: {}", what),
              "restore the file from a copy; it was left as it is");
}

/// Returns the data after the last chunk.
ByteView behind_end(ByteView file) {
  std::size_t end = file.size();
  for_each_png_chunk(file, [&](const PngChunk& chunk) {
    if (chunk.type == "IEND") {
      end = static_cast<std::size_t>(chunk.whole.data() + chunk.whole.size() - file.data());
    }
  });
  return from(file, end);
}

enum class Rest { stays, goes };

/// Returns the file with the chunks that `wanted` accepts, and with the new ones after the header.
template <typename Wanted>
Result<Buffer> filtered(ByteView file, const NewMetadata& fresh, Rest rest, const Wanted& wanted) {
  ByteWriter out(file.size() + 2 * fresh.iptc.size() + fresh.exif.size() + fresh.xmp.size() + 256);
  out.append(signature);
  std::optional<Error> trouble;
  bool header = false;
  bool pixels = false;
  const auto give_up = [&](std::unexpected<Error> error) {
    if (!trouble) trouble = std::move(error).error();
  };
  const bool complete = for_each_png_chunk(file, [&](const PngChunk& chunk) {
    if (trouble) return;
    if (header == (chunk.type == "IHDR")) return give_up(damaged("its header is missing or twice"));
    pixels = pixels || chunk.type == "IDAT";
    const Kind kind = kind_of(chunk);
    const bool critical = chunk.type[0] >= 'A' && chunk.type[0] <= 'Z';
    if (critical && kind != Kind::picture) {
      return give_up(fail(ErrorCode::unsupported,
                          "the PNG file has a critical chunk of its own kind",
                          "convert it with the program that made it"));
    }
    if (wanted(kind)) {
      if (!chunk.sound()) return give_up(damaged("a checksum is wrong"));
      out.append(chunk.whole);
    }
    if (!header) put_new(out, fresh);  // after the header
    header = true;
  });
  if (trouble) return std::unexpected(std::move(*trouble));
  if (!complete || !pixels) return damaged("its end is missing");
  if (rest == Rest::stays && !is_padding(behind_end(file))) out.append(behind_end(file));
  return out.take();
}

}  // namespace

bool PngChunk::sound() const {
  return checksum(whole.subspan(4, data.size() + 4)) == u32be(whole, 8 + data.size());
}

bool for_each_png_chunk(ByteView file, const std::function<void(const PngChunk&)>& visit) {
  if (!starts_with(file, signature)) return false;
  std::size_t at = signature.size();
  while (fits(file, at, 12)) {
    const std::size_t size = u32be(file, at);
    if (!fits(file, at + 8, std::uint64_t{size} + 4)) return false;
    PngChunk chunk;
    chunk.type = as_text(file.subspan(at + 4, 4));
    chunk.data = file.subspan(at + 8, size);
    chunk.whole = file.subspan(at, size + 12);
    visit(chunk);
    if (chunk.type == "IEND") return true;
    at += size + 12;
  }
  return false;
}

MetadataBlocks read_png(ByteView file) {
  MetadataBlocks blocks;
  bool own_exif = false;
  InflateBudget budget;
  for_each_png_chunk(file, [&](const PngChunk& chunk) {
    if (chunk.type == "IDAT" || !chunk.sound()) return;
    if (chunk.type == "iCCP" && blocks.icc.empty()) {
      blocks.icc = icc_of(chunk, budget);
    } else if (chunk.type == "eXIf" && !own_exif) {
      blocks.exif = Buffer::copy_of(tiff_part(chunk.data));
      own_exif = !blocks.exif.empty();
      blocks.exif_turns = true;
    } else if (chunk.type == "pHYs") {
      blocks.resolution = resolution_of(chunk.data);
    } else if (chunk.type == "tIME") {
      add_once(blocks.others, "time");
    } else if (is_text(chunk.type)) {
      read_text(chunk, budget, blocks);
    } else if (chunk.type == "caBX") {
      add_once(blocks.others, "content credentials");
    } else if (!stays(kind_of(chunk), Keep::none())) {
      add_once(blocks.others, "application data");
    }
  });
  return blocks;
}

Result<Rewritten> rewrite_png(ByteView file, const Keep& keep, ByteView exif, ByteView xmp) {
  NewMetadata fresh;
  fresh.exif = exif;
  if (!keep.xmp) fresh.xmp = xmp;
  IMGMILL_TRY(Buffer bytes, filtered(file, fresh, keeps_nothing(keep) ? Rest::goes : Rest::stays,
                                     [&](Kind kind) { return stays(kind, keep); }));
  return Rewritten{std::move(bytes), {}};
}

Result<Buffer> insert_png(ByteView file, const NewMetadata& metadata) {
  return filtered(file, metadata, Rest::stays, [&](Kind kind) {
    return !(kind == Kind::exif && !metadata.exif.empty()) &&
           !(kind == Kind::xmp && !metadata.xmp.empty()) &&
           !(kind == Kind::iptc && !metadata.iptc.empty()) &&
           !(kind == Kind::resolution && metadata.resolution);
  });
}

std::vector<Holding> list_png(ByteView file) {
  std::vector<Holding> list;
  list.push_back({Content::picture, "picture", {}, {}});
  const MetadataBlocks blocks = read_png(file);
  for_each_png_chunk(file, [&](const PngChunk& chunk) {
    const Kind kind = kind_of(chunk);
    const std::string name = fmt::format("chunk '{}'", printable(chunk.type));
    const auto add = [&](Content content, std::string what, PrivateData holds = {}) {
      list.push_back({content, std::move(what), chunk.whole, holds});
    };
    switch (kind) {
      case Kind::picture:
        if (chunk.type == "fcTL" && list.size() < max_listed) add(Content::frame, "frame");
        break;
      case Kind::icc:
        add(Content::colour, "colour profile");
        break;
      case Kind::exif:
        list.push_back(
            exif_holding(chunk.type == "eXIf" ? chunk.data : blocks.exif.view(), chunk.whole));
        break;
      case Kind::xmp:
        list.push_back(xmp_holding(blocks.xmp.view(), chunk.whole));
        break;
      case Kind::iptc:
        list.push_back(iptc_holding(blocks.iptc.view(), chunk.whole));
        break;
      case Kind::copyright:
        add(Content::copyright, "copyright text");
        break;
      case Kind::comment:
        add(Content::comment, fmt::format("text '{}'", printable(keyword_of(chunk))),
            {.comment = true});
        break;
      case Kind::resolution:
        add(Content::resolution, "resolution (pHYs)");
        break;
      case Kind::credentials:
        add(Content::credentials, "the content credentials (C2PA)");
        break;
      case Kind::application:
        // ImageMagick's texts of EXIF fields include the position.
        add(Content::application, is_text(chunk.type) ? std::string(keyword_of(chunk)) : name,
            {.position = keyword_of(chunk).starts_with("exif:GPS")});
        break;
      case Kind::unknown:
        add(Content::unknown, name);
        break;
      case Kind::bound:
        add(Content::bound, name);
        break;
    }
  });
  const ByteView rest = behind_end(file);
  if (!rest.empty()) {
    list.push_back({is_padding(rest) ? Content::padding : Content::trailing,
                    "data after the end of the image",
                    rest,
                    {}});
  }
  return list;
}

Result<Buffer> carry_into_png(ByteView file, ByteView original,
                              const std::vector<Holding>& pieces) {
  const std::string_view all = as_text(original);
  std::size_t pixels = all.size();
  for_each_png_chunk(original, [&](const PngChunk& chunk) {
    if (chunk.type == "IDAT") {
      pixels = std::min(pixels, static_cast<std::size_t>(chunk.whole.data() - original.data()));
    }
  });
  ByteWriter out(file.size() + 4096);
  out.append(signature);
  bool before_pixels = true;
  ByteView trailing;
  const auto put = [&](bool before) {
    for (const Holding& piece : pieces) {
      if (piece.content == Content::trailing) {
        trailing = piece.bytes;
        continue;
      }
      const auto at = static_cast<std::size_t>(piece.bytes.data() - original.data());
      if ((at < pixels) == before) out.append(piece.bytes);
    }
  };
  const bool whole = for_each_png_chunk(file, [&](const PngChunk& chunk) {
    if (before_pixels && (chunk.type == "PLTE" || chunk.type == "IDAT")) {
      before_pixels = false;
      put(true);
    }
    if (chunk.type == "IEND") put(false);
    out.append(chunk.whole);
  });
  if (!whole) return damaged("its end is missing");
  out.append(trailing);
  return out.take();
}

}  // namespace imgmill::metadata
