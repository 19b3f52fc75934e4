// libFuzzer target: QOI decoding, and that what was decoded is encoded without loss.
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <span>

#include "codecs/qoi.h"

using namespace imgmill;  // NOLINT(google-build-using-namespace)

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView input = std::as_bytes(std::span(data, size));
  const auto info = QoiCodec::probe(input);
  // Larger ones take time and find nothing more.
  if (!info || info->decoded_bytes() > 1 << 16) return 0;
  const auto picture = QoiCodec::decode(input, *info, {});
  if (!picture) return 0;
  const auto file = QoiCodec::encode(*picture, {});
  if (!file) std::abort();
  const auto again = QoiCodec::decode(file->view(), *info, {});
  if (!again || std::memcmp(picture->image.data(), again->image.data(),
                            static_cast<std::size_t>(info->decoded_bytes())) != 0) {
    std::abort();
  }
  return 0;
}
