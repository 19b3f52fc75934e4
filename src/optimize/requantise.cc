#include "optimize/requantise.h"

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
Result<Picture> decoded(const Source& source) {
  IMGMILL_TRY(Picture picture, source.codec->decode(source.bytes, source.info, {}));
  return with_engine(ErrorCode::bad_input, "the picture cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

bool has_halved_chroma(const jpeg::Picture& picture) {
  return picture.chroma == jpeg::Chroma::second_and_third &&
         picture.planes[0].across > picture.planes[1].across;
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
  out.judgement.quality = request.encode.quality;
  if (!request.aim && !request.measure) {
    IMGMILL_TRY(out.bytes, encode(request.encode));
    return out;
  }
  IMGMILL_TRY(const Picture picture, decoded(source));
  if (request.aim) {
    FromFile file{encode, as_before, {}};
    if (const auto quality = source.info.quality) {
      file.scores = scores_made_coarser(*quality, has_halved_chroma(coefficients));
    }
    IMGMILL_TRY(Sought sought, seek(picture, *source.codec, request.encode, *request.aim, &file));
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
