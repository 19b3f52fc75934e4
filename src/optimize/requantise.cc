#include "optimize/requantise.h"

#include <memory>
#include <optional>
#include <utility>

#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jpeg.h"
#include "jpeg/encoder.h"
#include "jpeg/reader.h"
#include "jpeg/writer.h"
#include "quality/model.h"

namespace imgmill {
namespace {

// What candidates are compared with.
Result<Picture> decoded(const Codec& codec, ByteView bytes) {
  IMGMILL_TRY(const ImageInfo info, codec.probe(bytes));
  IMGMILL_TRY(Picture picture, codec.decode(bytes, info, {}));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
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

// Some tiles of a file, with what they show.
Result<Subject> sample_of(const jpeg::Picture& coefficients, const Tiles& tiles,
                          const Codec& codec) {
  std::optional<jpeg::Picture> part = sampled(coefficients, tiles);
  if (!part) return fail(ErrorCode::unsupported, "tiles do not hold whole blocks of this file");
  const auto kept = std::make_shared<const jpeg::Picture>(*std::move(part));
  IMGMILL_TRY(const Buffer file, jpeg::write_jpeg(*kept, jpeg::ScanSearch::sampled));
  IMGMILL_TRY(Picture shown, decoded(codec, file.view()));
  return Subject(std::move(shown), codec, [kept](const EncodeOptions& options) {
    return jpeg::encode_jpeg(*kept, jpeg_settings(options));
  });
}

}  // namespace

bool may_requantise(const Source& source, const RenderRequest& request) {
  return source.info.format == Format::jpeg && request.target == Format::jpeg &&
         (!request.to_srgb || is_srgb_picture(source));
}

Result<Rendered> requantised(const Source& source, ByteView base, const RenderRequest& request) {
  IMGMILL_TRY(const jpeg::Picture coefficients, jpeg::read_picture(base));
  const auto encode = [&](const EncodeOptions& options) {
    return jpeg::encode_jpeg(coefficients, jpeg_settings(options));
  };
  const auto as_before = [&](const Picture& other) -> Result<Buffer> {
    IMGMILL_TRY(const jpeg::Picture fresh, coefficients_of(other));
    if (fresh.planes.size() != coefficients.planes.size()) {
      return fail(ErrorCode::unsupported, "the file and its pixels have not the same planes");
    }
    return jpeg::write_jpeg(jpeg::quantised_like(fresh, coefficients), jpeg::ScanSearch::sampled);
  };
  Rendered out;
  out.judgement.quality = request.encode.whole_quality();
  if (!request.aim && !request.measure) {
    IMGMILL_TRY(out.bytes, encode(request.encode));
    return out;
  }
  IMGMILL_TRY(Picture picture, decoded(*source.codec, source.bytes));
  if (request.aim) {
    const auto sample = [&](const Tiles& tiles) {
      return sample_of(coefficients, tiles, *source.codec);
    };
    FromFile file{encode, sample, as_before, has_full_chroma(coefficients), {}};
    if (const auto quality = source.info.quality) {
      file.scores = scores_made_coarser(*quality, has_halved_chroma(coefficients));
    }
    IMGMILL_TRY(Sought sought,
                seek(std::move(picture), *source.codec, request.encode, *request.aim, &file));
    out.bytes = std::move(sought.bytes);
    out.judgement = std::move(sought.judgement);
    return out;
  }
  IMGMILL_TRY(out.bytes, encode(request.encode));
  IMGMILL_TRY(out.judgement.score, score_of(picture, *source.codec, out.bytes.view()));
  out.judgement.encodes = 1;
  return out;
}

}  // namespace imgmill
