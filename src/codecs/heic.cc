#include "codecs/heic.h"

#include <fmt/format.h>
#include <libheif/heif.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <mutex>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "metadata/isobmff.h"

namespace imgmill {
namespace {

template <auto release>
struct Releases {
  template <typename T>
  void operator()(T* object) const {
    release(object);
  }
};
using Context = std::unique_ptr<heif_context, Releases<heif_context_free>>;
using Handle = std::unique_ptr<const heif_image_handle, Releases<heif_image_handle_release>>;
using Image = std::unique_ptr<const heif_image, Releases<heif_image_release>>;
using Options = std::unique_ptr<heif_decoding_options, Releases<heif_decoding_options_free>>;

std::unexpected<Error> refused(const heif_error& error, const char* what) {
  switch (error.code) {
    case heif_error_Memory_allocation_error:
      return std::unexpected(engine_memory_error());
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature:
      return fail(ErrorCode::unsupported,
                  fmt::format("this kind of HEIF file is not read here ({})", error.message),
                  "convert it to JPEG or PNG with the program that made it");
    default:
      return fail(ErrorCode::bad_input, fmt::format("{} ({})", what, error.message),
                  "restore the file from a copy");
  }
}

/// A parsed file and its main picture. Refers to the bytes.
struct Opened {
  Context context;
  Handle primary;
};

Result<Opened> open(ByteView input) {
  start_heic();
  Opened opened{.context = Context(heif_context_alloc()), .primary = nullptr};
  if (!opened.context) return std::unexpected(engine_memory_error());
  // Images are processed in parallel instead.
  heif_context_set_max_decoding_threads(opened.context.get(), 0);
  const char* const what = "the HEIC header cannot be read";
  heif_error error = heif_context_read_from_memory_without_copy(opened.context.get(), input.data(),
                                                                input.size(), nullptr);
  if (error.code != heif_error_Ok) return refused(error, what);
  heif_image_handle* primary = nullptr;
  error = heif_context_get_primary_image_handle(opened.context.get(), &primary);
  if (error.code != heif_error_Ok) return refused(error, what);
  opened.primary.reset(primary);
  return opened;
}

bool has_alpha(const Opened& opened) {
  return heif_image_handle_has_alpha_channel(opened.primary.get()) != 0;
}

int bits_of(const Opened& opened) {
  return std::clamp(heif_image_handle_get_luma_bits_per_pixel(opened.primary.get()), 8, 16);
}

Buffer profile_of(const Opened& opened) {
  const heif_image_handle* const handle = opened.primary.get();
  const std::size_t size = heif_image_handle_get_raw_color_profile_size(handle);
  if (size == 0) return {};
  Buffer icc = Buffer::uninitialised(size);
  const heif_error error = heif_image_handle_get_raw_color_profile(handle, icc.data());
  return error.code == heif_error_Ok ? std::move(icc) : Buffer();
}

// Copies libheif's lines, which may be padded, without the padding. Samples of 9 to 15 bits are
// scaled to 16, so that white stays white.
void copy_lines(const std::uint8_t* from, int stride, vips::VImage& to, int bits) {
  const std::size_t line = VIPS_IMAGE_SIZEOF_LINE(to.get_image());
  for (int y = 0; y < to.height(); ++y) {
    const std::uint8_t* const source = from + std::ptrdiff_t{y} * stride;
    VipsPel* const target = VIPS_IMAGE_ADDR(to.get_image(), 0, y);
    if (to.format() == VIPS_FORMAT_UCHAR) {
      std::memcpy(target, source, line);
      continue;
    }
    for (std::size_t x = 0; x < line; x += 2) {
      const unsigned sample = source[x] | unsigned{source[x + 1]} << 8;
      const auto wide =
          static_cast<std::uint16_t>(sample << (16 - bits) | sample >> (2 * bits - 16));
      std::memcpy(target + x, &wide, sizeof(wide));
    }
  }
}

Result<Image> decoded(const Opened& opened, bool alpha, bool wide, Damage damage) {
  const Options options(heif_decoding_options_alloc());
  if (!options) return std::unexpected(engine_memory_error());
  options->convert_hdr_to_8bit = 0;
  options->strict_decoding = damage == Damage::refuse ? 1 : 0;
  const heif_chroma layout =
      wide ? (alpha ? heif_chroma_interleaved_RRGGBBAA_LE : heif_chroma_interleaved_RRGGBB_LE)
           : (alpha ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB);
  heif_image* image = nullptr;
  const heif_error error =
      heif_decode_image(opened.primary.get(), &image, heif_colorspace_RGB, layout, options.get());
  if (error.code != heif_error_Ok) return refused(error, "the HEIC cannot be decoded");
  return Image(image);
}

}  // namespace

void start_heic() {
  static std::once_flag once;
  std::call_once(once, [] { heif_init(nullptr); });
}

bool HeicCodec::matches(ByteView header) {
  if (header.size() < 12 || as_text(header.subspan(4, 4)) != "ftyp") return false;
  const auto byte = [&](std::size_t i) { return std::to_integer<std::size_t>(header[i]); };
  const std::size_t box = byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
  const std::size_t end = std::min(box, header.size());
  constexpr std::array<std::string_view, 10> brands = {"heic", "heix", "heim", "heis", "hevc",
                                                       "hevx", "hevm", "hevs", "mif1", "msf1"};
  // The major brand, then the compatible brands after the minor version.
  for (std::size_t at = 8; at + 4 <= end; at += at == 8 ? 8 : 4) {
    if (std::ranges::find(brands, as_text(header.subspan(at, 4))) != brands.end()) return true;
  }
  return false;
}

Result<ImageInfo> HeicCodec::probe(ByteView input) {
  IMGMILL_TRY(const Opened opened, open(input));
  const int width = heif_image_handle_get_width(opened.primary.get());
  const int height = heif_image_handle_get_height(opened.primary.get());
  if (width <= 0 || height <= 0) {
    return fail(ErrorCode::bad_input, "the HEIC header tells no size",
                "restore the file from a copy");
  }
  ImageInfo info;
  info.format = Format::heic;
  info.width = static_cast<std::uint32_t>(width);
  info.height = static_cast<std::uint32_t>(height);
  info.alpha = has_alpha(opened);
  info.channels = info.alpha ? 4 : 3;
  info.bits = bits_of(opened);
  info.colour_space = "sRGB";
  return info;
}

Result<Picture> HeicCodec::decode(ByteView input, const ImageInfo& info,
                                  const DecodeOptions& options) {
  IMGMILL_TRY(const Opened opened, open(input));
  const bool wide = info.bits > 8;
  IMGMILL_TRY(const Image image, decoded(opened, info.alpha, wide, options.damage));
  int stride = 0;
  const std::uint8_t* const pixels =
      heif_image_get_plane_readonly(image.get(), heif_channel_interleaved, &stride);
  const int width = heif_image_get_width(image.get(), heif_channel_interleaved);
  const int height = heif_image_get_height(image.get(), heif_channel_interleaved);
  const int bits = heif_image_get_bits_per_pixel_range(image.get(), heif_channel_interleaved);
  // Limits were checked against `info`.
  if (pixels == nullptr || std::cmp_not_equal(width, info.width) ||
      std::cmp_not_equal(height, info.height) || (wide ? bits < 9 || bits > 16 : bits != 8)) {
    return fail(ErrorCode::bad_input, "the HEIC picture is not of the size that its header says",
                "restore the file from a copy");
  }
  const bool premultiplied =
      info.alpha && heif_image_handle_is_premultiplied_alpha(opened.primary.get()) != 0;
  return with_engine(ErrorCode::bad_input, "the HEIC cannot be decoded", [&] {
    // Copies the samples to memory owned by the engine.
    vips::VImage target = vips::VImage::new_memory();
    vips_image_init_fields(target.get_image(), width, height, info.alpha ? 4 : 3,
                           wide ? VIPS_FORMAT_USHORT : VIPS_FORMAT_UCHAR, VIPS_CODING_NONE,
                           wide ? VIPS_INTERPRETATION_RGB16 : VIPS_INTERPRETATION_sRGB, 1, 1);
    if (vips_image_write_prepare(target.get_image()) != 0) throw std::bad_alloc();
    copy_lines(pixels, stride, target, bits);
    if (premultiplied) {
      const VipsBandFormat format = target.format();
      const VipsInterpretation interpretation = target.interpretation();
      target = target.unpremultiply().rint().cast(format).copy(
          vips::VImage::option()->set("interpretation", interpretation));
    }
    const Buffer profile = profile_of(opened);
    if (!profile.empty()) {
      target = target.copy();
      embed_profile(target, profile.view());
    }
    return Picture{.image = target, .source_bits = info.bits};
  });
}

Result<Buffer> HeicCodec::encode(const Picture&, const EncodeOptions&) {
  return fail(ErrorCode::unsupported, "HEIC is read, not written",
              "choose jpeg, webp, avif or jxl with --format");
}

CodecFacts HeicCodec::facts(ByteView input, const ImageInfo& /*info*/) {
  const Result<Opened> opened = open(input);
  return {.profile = opened ? profile_of(*opened) : Buffer{},
          .code_points = avif_facts(input).nclx.transform([](const Nclx& nclx) {
            return Cicp{nclx.primaries, nclx.transfer};
          })};
}

std::optional<std::string> HeicCodec::diagnose(ByteView) { return std::nullopt; }

}  // namespace imgmill
