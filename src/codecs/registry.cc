// The table of codecs. To add one, write its pair of files and add its row here, and the format's
// name and capabilities to base/format_table.h.
#include <fmt/format.h>

#include <array>

#include "codecs/avif.h"
#include "codecs/codec.h"
#include "codecs/gif.h"
#include "codecs/heic.h"
#include "codecs/jpeg.h"
#include "codecs/jxl.h"
#include "codecs/png.h"
#include "codecs/qoi.h"
#include "codecs/svg.h"
#include "codecs/tiff.h"
#include "codecs/webp.h"

namespace imgmill {
namespace {

constexpr std::array rows = {
    codec_row<JpegCodec>(), codec_row<PngCodec>(),  codec_row<WebpCodec>(), codec_row<AvifCodec>(),
    codec_row<GifCodec>(),  codec_row<TiffCodec>(), codec_row<JxlCodec>(),  codec_row<HeicCodec>(),
    codec_row<SvgCodec>(),  codec_row<QoiCodec>(),
};

static_assert(
    [] {
      for (std::size_t i = 0; i < rows.size(); ++i) {
        if (static_cast<std::size_t>(rows[i].info.format) != i) return false;
      }
      return true;
    }(),
    "the rows stand in the order of Format");

}  // namespace

std::span<const Codec> codecs() { return rows; }
const Codec& codec(Format format) { return rows[static_cast<std::size_t>(format)]; }

Error damage_error(Format format, std::string_view how) {
  return Error(ErrorCode::bad_input,
               fmt::format("the {} data is damaged ({})", info(format).name, how),
               "restore the file from a copy; it was left as it is");
}

std::optional<Format> sniff(ByteView header) {
  for (const Codec& row : rows) {
    if (row.matches(header)) return row.info.format;
  }
  return std::nullopt;
}

}  // namespace imgmill
