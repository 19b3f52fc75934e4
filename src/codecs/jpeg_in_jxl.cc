#include "codecs/jpeg_in_jxl.h"

#include <fmt/format.h>
#include <jxl/decode_cxx.h>
#include <jxl/encode_cxx.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/text.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/jxl_output.h"

namespace imgmill {
namespace {

int effort_of(Effort effort) {
  switch (effort) {
    case Effort::fast:
      return 3;
    case Effort::balanced:
      return 7;
    case Effort::max:
      return 9;
  }
  return 7;
}

const std::uint8_t* octets(ByteView bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

std::unexpected<Error> not_packed(std::string_view why) {
  return fail(ErrorCode::unsupported,
              fmt::format("this JPEG cannot be packed as JPEG XL ({})", why),
              "keep it as JPEG, or choose a quality or target");
}

std::unexpected<Error> damaged(std::string_view how) {
  return fail(ErrorCode::bad_input, fmt::format("the JPEG XL file is damaged ({})", how),
              "restore the file from a copy");
}

}  // namespace

Result<Buffer> pack_jpeg(ByteView jpeg, Effort effort) {
  const JxlEncoderPtr encoder = JxlEncoderMake(nullptr);
  if (!encoder) return std::unexpected(engine_memory_error());
  if (JxlEncoderUseContainer(encoder.get(), JXL_TRUE) != JXL_ENC_SUCCESS ||
      JxlEncoderStoreJPEGMetadata(encoder.get(), JXL_TRUE) != JXL_ENC_SUCCESS) {
    return not_packed("the encoder refused to store what is needed");
  }
  JxlEncoderFrameSettings* const frame = JxlEncoderFrameSettingsCreate(encoder.get(), nullptr);
  if (frame == nullptr ||
      JxlEncoderFrameSettingsSetOption(frame, JXL_ENC_FRAME_SETTING_EFFORT, effort_of(effort)) !=
          JXL_ENC_SUCCESS ||
      JxlEncoderAddJPEGFrame(frame, octets(jpeg), jpeg.size()) != JXL_ENC_SUCCESS) {
    return not_packed("CMYK, arithmetic coding or another rare kind");
  }
  JxlEncoderCloseInput(encoder.get());
  Result<Buffer> packed = jxl_output(encoder.get());
  if (!packed) return not_packed("the encoder refused it");
  const Result<Buffer> again = unpack_jpeg(packed->view(), jpeg.size());
  if (!again || !std::ranges::equal(again->view(), jpeg)) {
    return not_packed("the same bytes would not come back");
  }
  return packed;
}

Result<Buffer> unpack_jpeg(ByteView jxl, std::uint64_t most_bytes) {
  const JxlDecoderPtr decoder = JxlDecoderMake(nullptr);
  if (!decoder) return std::unexpected(engine_memory_error());
  if (JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_JPEG_RECONSTRUCTION | JXL_DEC_FULL_IMAGE) !=
          JXL_DEC_SUCCESS ||
      JxlDecoderSetInput(decoder.get(), octets(jxl), jxl.size()) != JXL_DEC_SUCCESS) {
    return damaged("the decoder refused it");
  }
  JxlDecoderCloseInput(decoder.get());
  // A JPEG is seldom more than 50% larger than its packed form.
  std::vector<std::byte> bytes;
  const auto offer = [&](std::size_t used) {
    return JxlDecoderSetJPEGBuffer(decoder.get(),
                                   reinterpret_cast<std::uint8_t*>(bytes.data() + used),
                                   bytes.size() - used) == JXL_DEC_SUCCESS;
  };
  bool begun = false;
  for (;;) {
    switch (JxlDecoderProcessInput(decoder.get())) {
      case JXL_DEC_JPEG_RECONSTRUCTION:
        begun = true;
        bytes.resize(std::min<std::uint64_t>(jxl.size() + jxl.size() / 2 + 4096, most_bytes));
        if (!offer(0)) return damaged("its JPEG cannot be written");
        break;
      case JXL_DEC_JPEG_NEED_MORE_OUTPUT: {
        const std::size_t used = bytes.size() - JxlDecoderReleaseJPEGBuffer(decoder.get());
        if (bytes.size() >= most_bytes) {
          return fail(ErrorCode::limit,
                      fmt::format("the JPEG in it is larger than {}", human_size(most_bytes)),
                      "raise the limit with --max-input");
        }
        bytes.resize(std::min<std::uint64_t>(std::uint64_t{bytes.size()} * 2, most_bytes));
        if (!offer(used)) return damaged("its JPEG cannot be written");
        break;
      }
      case JXL_DEC_FULL_IMAGE:
      case JXL_DEC_SUCCESS: {
        if (!begun) break;
        bytes.resize(bytes.size() - JxlDecoderReleaseJPEGBuffer(decoder.get()));
        return Buffer::adopt(std::move(bytes));
      }
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
        return fail(ErrorCode::unsupported, "this JPEG XL file holds no JPEG to be restored",
                    "convert its picture instead: imgmill optimize --format jpeg");
      case JXL_DEC_NEED_MORE_INPUT:
        return damaged("it ends too soon");
      case JXL_DEC_ERROR:
        return damaged("its picture data does not fit together");
      default:
        break;
    }
  }
}

}  // namespace imgmill
