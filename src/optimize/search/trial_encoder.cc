#include "optimize/search/trial_encoder.h"

#include <utility>

#include "base/try.h"

namespace imgmill {

TrialEncoder::TrialEncoder(Picture picture, const Codec& codec, PictureEncoder encode)
    : picture_(std::move(picture)),
      codec_(&codec),
      encode_(encode ? std::move(encode) : codec.encoder(picture_)) {}

Result<Encoding> TrialEncoder::encoded(const EncodeOptions& options) const {
  return encode_(options);
}

Result<Rating> TrialEncoder::rate(Encoding& encoding) {
  if (encoding.shown()) return rate(*encoding.shown());
  IMGMILL_TRY(const ByteView bytes, encoding.bytes());
  return rate(bytes);
}

Result<Rating> TrialEncoder::rate(ByteView bytes) {
  IMGMILL_TRY(const ImageInfo info, codec_->probe(bytes));
  IMGMILL_TRY(const Picture again, codec_->decode(bytes, info, {}));
  return rate(again);
}

Result<Rating> TrialEncoder::rate(const Picture& shown) {
  if (!judge_) {
    IMGMILL_TRY(judge_, Judge::create(picture_, Context::mirrored));
  }
  return judge_->rate(shown);
}

}  // namespace imgmill
