#include "optimize/subject.h"

#include <utility>

#include "base/try.h"

namespace imgmill {

Subject::Subject(Picture picture, const Codec& codec, PictureEncoder encode)
    : picture_(std::move(picture)),
      codec_(&codec),
      encode_(encode ? std::move(encode) : codec.encoder(picture_)) {}

Result<Encoding> Subject::encoded(const EncodeOptions& options) const { return encode_(options); }

Result<double> Subject::score(const Encoding& encoding) {
  return encoding.shown ? score(*encoding.shown) : score(encoding.bytes.view());
}

Result<double> Subject::score(ByteView bytes) {
  IMGMILL_TRY(const ImageInfo info, codec_->probe(bytes));
  IMGMILL_TRY(const Picture again, codec_->decode(bytes, info, {}));
  return score(again);
}

Result<double> Subject::score(const Picture& shown) {
  if (!judge_) {
    IMGMILL_TRY(judge_, Judge::create(picture_));
  }
  IMGMILL_TRY(const Similarity similarity, judge_->score(shown));
  return similarity.score;
}

}  // namespace imgmill
