#include "codecs/wholeness.h"

#include <fmt/format.h>

#include <string>

#include "base/try.h"
#include "codecs/avif.h"
#include "codecs/tiff.h"
#include "codecs/tiff_data.h"
#include "codecs/webp_data.h"

namespace imgmill {

Result<void> check_whole(ByteView input, Format format) {
  std::string damage;
  switch (format) {
    case Format::avif:
      damage = avif_damage(input);
      break;
    case Format::tiff:
      IMGMILL_CHECK(check_compression(input));
      damage = tiff_damage(input);
      break;
    case Format::webp:
      damage = webp_damage(input);
      break;
    // Their decoders, as configured here, or the format's checksums detect damage.
    case Format::jpeg:
    case Format::png:
    case Format::gif:
    case Format::jpegxl:
    case Format::heic:
    case Format::svg:
      break;
  }
  if (damage.empty()) return {};
  return fail(ErrorCode::bad_input,
              fmt::format("the {} data is damaged ({})", info(format).name, damage),
              "restore the file from a copy; it was left as it is");
}

}  // namespace imgmill
