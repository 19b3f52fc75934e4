#include "metadata/qoi_stream.h"

#include "base/try.h"
#include "metadata/bytes.h"

namespace imgmill::metadata {

Result<QoiHeader> read_qoi_header(ByteView file) {
  const auto broken = [](std::string_view how) {
    return fail(ErrorCode::bad_input, std::string("the QOI header ") + std::string(how),
                "restore the file from a copy");
  };
  if (file.size() < qoi_header_size || !starts_with(file, "qoif")) return broken("is cut off");
  const QoiHeader header{.width = u32be(file, 4),
                         .height = u32be(file, 8),
                         .channels = u8(file, 12),
                         .linear = u8(file, 13) == 1};
  if (header.width == 0 || header.height == 0) return broken("tells no size");
  if (header.channels != 3 && header.channels != 4) return broken("has neither 3 nor 4 channels");
  if (u8(file, 13) > 1) return broken("has an unknown colour space");
  return header;
}

MetadataBlocks read_qoi(ByteView /*file*/) { return {}; }

Result<Rewritten> rewrite_qoi(ByteView file, const Keep& /*keep*/, ByteView /*exif*/,
                              ByteView /*xmp*/) {
  IMGMILL_CHECK(read_qoi_header(file));
  return Rewritten{.bytes = Buffer::copy_of(file), .notes = {}};
}

std::vector<Holding> list_qoi(ByteView file) {
  if (!read_qoi_header(file)) return {};
  return {{.content = Content::picture, .name = "picture", .bytes = file, .holds = {}}};
}

}  // namespace imgmill::metadata
