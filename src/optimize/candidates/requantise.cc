#include "optimize/candidates/requantise.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jpeg.h"
#include "jpeg/encoder.h"
#include "jpeg/inverse.h"
#include "jpeg/quality.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"
#include "quality/model.h"

namespace imgmill {
namespace {

using Coefficients = std::shared_ptr<const jpeg::Picture>;

// The decoded picture of `file`, which holds `coefficients`.
Result<Picture> seen(const Codec& codec, ByteView file, const Coefficients& coefficients,
                     ByteView profile) {
  Result<Picture> shown = shown_picture(coefficients, profile);
  if (shown || shown.error().code() != ErrorCode::unsupported) return shown;
  IMGMILL_TRY(const ImageInfo info, codec.probe(file));
  IMGMILL_TRY(Picture picture, codec.decode(file, info, {}));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

// The same if there is no file yet.
Result<Picture> seen(const Codec& codec, const Coefficients& coefficients, ByteView profile) {
  Buffer file;
  if (!jpeg::can_be_shown(*coefficients)) {
    IMGMILL_TRY(file, jpeg::write_jpeg(*coefficients, jpeg::ScanSearch::sampled));
  }
  return seen(codec, file.view(), coefficients, profile);
}

bool has_full_chroma(const jpeg::Picture& picture) {
  return picture.chroma == jpeg::Chroma::second_and_third &&
         picture.planes[0].across == picture.planes[1].across &&
         picture.planes[0].down == picture.planes[1].down;
}

bool has_halved_chroma(const jpeg::Picture& picture) {
  return picture.chroma == jpeg::Chroma::second_and_third &&
         picture.planes[0].across > picture.planes[1].across;
}

PictureEncoder requantiser(const Coefficients& coefficients, ByteView profile) {
  const auto coarsener = std::make_shared<jpeg::Coarsener>(*coefficients);
  return [coefficients, coarsener, profile](const EncodeOptions& options) {
    return encoding_of(coarsener->requantised(jpeg_settings(options)), options, profile);
  };
}

// Some tiles of a file, and their decoded picture.
Result<TrialEncoder> sample_of(const jpeg::Picture& coefficients, const Tiles& tiles,
                               const Codec& codec, ByteView profile) {
  std::optional<jpeg::Picture> part = sampled(coefficients, tiles);
  if (!part) return fail(ErrorCode::unsupported, "tiles do not hold whole blocks of this file");
  const auto picture = std::make_shared<const jpeg::Picture>(*std::move(part));
  IMGMILL_TRY(Picture shown, seen(codec, picture, profile));
  return TrialEncoder(std::move(shown), codec, requantiser(picture, profile));
}

// `other` as a simple encoder with the tables of `coefficients` encodes it.
Result<Picture> quantised_before(const Picture& other, const jpeg::Picture& coefficients,
                                 const Codec& codec, ByteView profile) {
  const vips::VImage& image = other.image;
  if (image.format() != VIPS_FORMAT_UCHAR ||
      static_cast<std::size_t>(image.bands()) != coefficients.planes.size() ||
      (image.bands() != 1 && image.bands() != 3)) {
    return fail(ErrorCode::unsupported, "the file and its pixels have not the same planes");
  }
  IMGMILL_TRY(
      jpeg::Picture made, with_engine(ErrorCode::bad_input, "the pixels cannot be read", [&] {
        jpeg::PlainEncoder encoder(other.width(), other.height(), coefficients);
        const vips::VRegion region = image.region();
        for (std::uint32_t y = 0; y < other.height(); y += jpeg::PlainEncoder::band_rows) {
          const std::uint32_t rows = std::min(jpeg::PlainEncoder::band_rows, other.height() - y);
          region.prepare(0, static_cast<int>(y), image.width(), static_cast<int>(rows));
          encoder.add({.first = region.addr(0, static_cast<int>(y)),
                       .row_size = VIPS_REGION_LSKIP(region.get_region()),
                       .width = other.width(),
                       .height = rows,
                       .channels = image.bands()});
        }
        return std::move(encoder).take();
      }));
  return seen(codec, std::make_shared<const jpeg::Picture>(std::move(made)), profile);
}

FromFile from_coefficients(const Coefficients& coefficients, const Codec& codec, ByteView profile) {
  return {
      .encode = requantiser(coefficients, profile),
      .sample = [=, &codec](
                    const Tiles& tiles) { return sample_of(*coefficients, tiles, codec, profile); },
      .as_before =
          [=, &codec](const Picture& other) {
            return quantised_before(other, *coefficients, codec, profile);
          },
      .full_chroma = has_full_chroma(*coefficients),
      .plain = jpeg::is_example_table(coefficients->planes[0].steps)};
}

}  // namespace

bool may_requantise(const Source& source, const RenderRequest& request) {
  return source.info.format == Format::jpeg && request.target == Format::jpeg &&
         (!request.to_srgb || is_srgb_picture(source));
}

Result<Rendered> requantised(const Source& source, ByteView base, const RenderRequest& request) {
  IMGMILL_TRY(jpeg::Picture read, jpeg::read_picture(base));
  auto coefficients = std::make_shared<const jpeg::Picture>(std::move(read));
  const Codec& codec = *source.codec;
  Rendered out;
  out.judgement.quality = request.encode.whole_quality();
  if (!request.aim && !request.measure) {
    IMGMILL_TRY(out.bytes, jpeg::encode_jpeg(*coefficients, jpeg_settings(request.encode)));
    return out;
  }
  // A colour tag in the base counts like the profile for which there was no space.
  const Buffer found = read_metadata(base, Format::jpeg).icc;
  const ByteView profile =
      found.empty() && source.colours.implied ? source.colours.made.view() : found.view();
  const ByteView own_profile =
      source.colours.implied ? source.colours.made.view() : source.metadata.icc.view();
  IMGMILL_TRY(Picture picture, seen(codec, source.bytes, coefficients, own_profile));
  if (request.aim) {
    FromFile file = from_coefficients(coefficients, codec, profile);
    if (const auto quality = source.info.quality) {
      file.scores = scores_made_coarser(*quality, has_halved_chroma(*coefficients));
    }
    // The search frees them before it reads the result back.
    coefficients.reset();
    IMGMILL_TRY(SearchResult searched, search_quality(std::move(picture), codec, request.encode,
                                                      *request.aim, std::move(file)));
    out.bytes = std::move(searched.bytes);
    out.judgement = std::move(searched.judgement);
    return out;
  }
  IMGMILL_TRY(out.bytes, jpeg::encode_jpeg(*coefficients, jpeg_settings(request.encode)));
  IMGMILL_TRY(out.judgement.score, score_of(picture, codec, out.bytes.view()));
  out.judgement.encodes = 1;
  return out;
}

}  // namespace imgmill
