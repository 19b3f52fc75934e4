#include "codecs/avif.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <vector>

#include "codecs/engine.h"
#include "metadata/isobmff.h"
#include "metadata/isobmff_parts.h"

namespace imgmill {
namespace {

// libvips before 8.15 chooses a profile for 10 bits that libaom rejects as a programming error by
// aborting.
#if VIPS_MAJOR_VERSION > 8 || VIPS_MINOR_VERSION >= 15
constexpr bool writes_10_bits = true;
#else
constexpr bool writes_10_bits = false;
#endif

vips::VImage spread_over_16_bits(const vips::VImage& image) {
  return (image * 257)
      .cast(VIPS_FORMAT_USHORT)
      .copy(vips::VImage::option()->set("interpretation", image.bands() < 3
                                                              ? VIPS_INTERPRETATION_GREY16
                                                              : VIPS_INTERPRETATION_RGB16));
}

// Effort, bit depth and chroma subsampling were chosen on Kodak pictures and photographs, by bytes
// at equal mean SSIMULACRA 2 relative to sharp's defaults (effort 4, 8 bits, 4:4:4; all with
// libaom's tune=iq). For four Kodak pictures, at 75, 80 and 85:
//
//   effort  bits  chroma  bytes              time
//   3       10    4:4:4   1.00  0.99  0.97   0.22
//   3       10    4:2:0   1.03  1.02  1.00   0.21
//   2       10    4:4:4   1.02  1.00  0.97   0.16
//   2        8    4:4:4   1.07  1.06  1.06   0.11
//   1       10    4:4:4   1.04  1.02  0.98   0.10
//   0       10    4:4:4   1.12  1.10  1.06   0.03
//
// Smooth photographs lose more below effort 3: a quarter at 2. For a target, choosing per picture
// gains nothing (docs/adr/0011-targets.md).

// libheif transforms each image by its own properties, so alpha is left unrotated where only the
// colour image has rotation properties; libavif writes such files and means them for both. This
// returns such a file with the rotations replaced by no-ops; turned() applies them afterwards to
// all channels.
Buffer without_turns(ByteView input, const std::vector<TurnBox>& turns) {
  Buffer copy = Buffer::copy_of(input);
  for (const TurnBox& turn : turns) {
    std::ranges::copy(as_bytes("irot"), copy.writable().subspan(turn.at + 4).begin());
    copy.writable()[turn.at + 8] = std::byte{0};
  }
  return copy;
}

vips::VImage turned(vips::VImage image, const std::vector<TurnBox>& turns) {
  for (const TurnBox& turn : turns) {
    if (turn.mirror) {
      image = turn.value == 0 ? image.flipver() : image.fliphor();
    } else if (turn.value != 0) {
      constexpr std::array clockwise{VIPS_ANGLE_D0, VIPS_ANGLE_D270, VIPS_ANGLE_D180,
                                     VIPS_ANGLE_D90};
      image = image.rot(clockwise[static_cast<std::size_t>(turn.value)]);
    }
  }
  return image;
}

vips::VImage divided_by_alpha(const vips::VImage& image) {
  const double opaque = image.format() == VIPS_FORMAT_USHORT ? 65535 : 255;
  return image.unpremultiply(vips::VImage::option()->set("max_alpha", opaque))
      .rint()
      .cast(image.format())
      .copy(vips::VImage::option()->set("interpretation", image.interpretation()));
}

// libaom allocates many buffers, and the heap keeps their fragments, which are useless to the next
// decoder: the peak of a search was a third higher. Takes a few milliseconds after an encode of
// seconds.
void give_back_heap() {
#if defined(__GLIBC__)
  ::malloc_trim(0);
#endif
}

}  // namespace

bool AvifCodec::matches(ByteView header) {
  if (header.size() < 16 || as_text(header.subspan(4, 4)) != "ftyp") return false;
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(header[i]); };
  const std::size_t box = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  const std::size_t end = std::min(box, header.size());
  // The major brand, then the compatible brands after the minor version.
  for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
    const std::string_view brand = as_text(header.subspan(at, 4));
    if (brand == "avif" || brand == "avis") return true;
  }
  return false;
}

Result<ImageInfo> AvifCodec::probe(ByteView input) {
  return with_engine(ErrorCode::bad_input, "the AVIF header cannot be read", [&] {
    BlobView blob(input);
    const vips::VImage image = vips::VImage::heifload_buffer(blob.get());
    ImageInfo info;
    info.format = Format::avif;
    info.width = static_cast<std::uint32_t>(image.width());
    info.height = static_cast<std::uint32_t>(image.height());
    info.channels = image.bands();
    info.alpha = image.has_alpha();
    // libvips before 8.15 used a different name for the field.
    info.bits = header_int(image, bits_per_sample, header_int(image, "heif-bitdepth", 8));
    info.colour_space = image.bands() < 3 ? "grey" : "sRGB";
    return info;
  });
}

Result<Picture> AvifCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the AVIF cannot be decoded", [&] {
    const AvifFacts facts = info.alpha ? avif_facts(input) : AvifFacts{};
    const Buffer plain =
        facts.turns_of_both.empty() ? Buffer() : without_turns(input, facts.turns_of_both);
    BlobView blob(plain.empty() ? input : plain.view());
    vips::VImage image =
        vips::VImage::heifload_buffer(blob.get(), load_options(options, VIPS_FAIL_ON_ERROR));
    if (!plain.empty()) image = turned(image.copy_memory(), facts.turns_of_both);
    if (image.format() == VIPS_FORMAT_USHORT && info.bits > 8 && info.bits < 16) {
      // libvips shifts 10 and 12 bits up and leaves zeros below: white would be slightly grey, and
      // opaque slightly transparent.
      image = image | (image >> static_cast<double>(info.bits));
    }
    if (facts.premultiplied && image.has_alpha()) image = divided_by_alpha(image);
    return Picture{.image = image, .source_bits = info.bits};
  });
}

Result<Buffer> AvifCodec::encode(const Picture& picture, const EncodeOptions& options) {
  return with_engine(ErrorCode::bad_input, "the picture could not be turned into AVIF", [&] {
    auto* save = vips::VImage::option()->set("compression", VIPS_FOREIGN_HEIF_COMPRESSION_AV1);
    save->set("Q", options.whole_quality());
    save->set("effort", options.draft == Draft::yes          ? 0
                        : options.effort == Effort::fast     ? 0
                        : options.effort == Effort::balanced ? 3
                                                             : 5);
    vips::VImage image = without_metadata(picture.image);
    int bits = 8;
    if (image.format() == VIPS_FORMAT_USHORT) {
      bits = picture.source_bits == 10 && writes_10_bits ? 10 : 12;
    } else if (!options.lossless && writes_10_bits) {
      image = spread_over_16_bits(image);
      bits = 10;
    }
    save->set("bitdepth", bits);
    // 4:4:4 is also smaller at the same visual quality.
    save->set("subsample_mode", VIPS_FOREIGN_SUBSAMPLE_OFF);
    if (options.lossless) {
      save->set("lossless", true);
    }
    const auto embed = [&](const char* field, ByteView block) {
      if (block.empty()) return false;
      vips_image_set_blob_copy(image.get_image(), field, block.data(), block.size());
      return true;
    };
    const bool exif = embed(VIPS_META_EXIF_NAME, options.metadata.exif);
    const bool xmp = embed(VIPS_META_XMP_NAME, options.metadata.xmp);
    if (!exif && !xmp) {
      keep_profile_only(save);
    } else {
      keep_profile_and(save, exif, xmp);
    }
    Buffer file = take_blob(image.heifsave_buffer(save));
    give_back_heap();
    return file;
  });
}

CodecFacts AvifCodec::facts(ByteView input, const ImageInfo& /*info*/) {
  const AvifFacts found = avif_facts(input);
  return {.sequence = found.sequence, .code_points = found.nclx.transform([](const Nclx& nclx) {
            return Cicp{nclx.primaries, nclx.transfer};
          })};
}

std::optional<std::string> AvifCodec::diagnose(ByteView) { return std::nullopt; }

Result<void> AvifCodec::check_whole(ByteView input) {
  const PictureParts parts = PictureParts::of(input);
  if (parts.size() == 0) return {};
  Buffer copy = Buffer::copy_of(input);
  for (std::size_t i = 0; i < parts.size(); ++i) {
    parts.show(i, copy.writable());
    const auto part = with_engine(ErrorCode::bad_input, "it cannot be decoded", [&] {
      BlobView blob(copy.view());
      return vips::VImage::heifload_buffer(blob.get(), load_options({}, VIPS_FAIL_ON_ERROR))
          .copy_memory();
    });
    // The engine's message then refers to its reading, not to the tile.
    if (!part) {
      return std::unexpected(damage_error(
          format, fmt::format("tile {} of {} cannot be decoded", i + 1, parts.size())));
    }
  }
  return {};
}

}  // namespace imgmill
