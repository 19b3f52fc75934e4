#include "codecs/jxl_output.h"

#include <cstdint>
#include <vector>

#include "base/try.h"

namespace imgmill {

Result<Buffer> jxl_output(JxlEncoder* encoder) {
  std::vector<std::byte> bytes(std::size_t{64} << 10);
  std::size_t used = 0;
  for (;;) {
    auto* next = reinterpret_cast<std::uint8_t*>(bytes.data() + used);
    std::size_t room = bytes.size() - used;
    const JxlEncoderStatus status = JxlEncoderProcessOutput(encoder, &next, &room);
    used = bytes.size() - room;
    if (status == JXL_ENC_SUCCESS) break;
    if (status != JXL_ENC_NEED_MORE_OUTPUT) {
      return fail(ErrorCode::unsupported, "JPEG XL's encoder refused this picture",
                  "choose another format");
    }
    bytes.resize(bytes.size() * 2);
  }
  bytes.resize(used);
  bytes.shrink_to_fit();
  return Buffer::adopt(std::move(bytes));
}

}  // namespace imgmill
