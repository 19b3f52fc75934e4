#include "optimize/subject.h"

#include <utility>

#include "base/try.h"

namespace imgmill {

Subject::Subject(Picture picture, const Codec& codec, Encode encode)
    : picture_(std::move(picture)), codec_(&codec), encode_(std::move(encode)) {}

Result<Buffer> Subject::encoded(const EncodeOptions& options) const {
  return encode_ ? encode_(options) : codec_->encode(picture_, options);
}

Result<double> Subject::score(ByteView bytes) {
  if (!judge_) {
    IMGMILL_TRY(judge_, Judge::create(picture_));
  }
  IMGMILL_TRY(const ImageInfo info, codec_->probe(bytes));
  IMGMILL_TRY(const Picture again, codec_->decode(bytes, info, {}));
  IMGMILL_TRY(const Similarity similarity, judge_->score(again));
  return similarity.score;
}

}  // namespace imgmill
