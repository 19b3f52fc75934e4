#include "webp/encoder.h"

#include "webp/colour.h"
#include "webp/writer.h"

namespace imgmill::webp {

Result<Buffer> encode_webp(const Samples& samples, const EncoderSettings& settings) {
  const Planes planes = to_planes(samples);
  const Segments segments = make_segments(planes, settings.quality);
  Coder coder(planes, segments, settings.effort);
  for (std::size_t row = 0; row < planes.high; ++row) coder.code_row();
  return write_webp(coder);
}

}  // namespace imgmill::webp
