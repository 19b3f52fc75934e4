#include "metadata/metadata.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/try.h"
#include "metadata/gif_blocks.h"
#include "metadata/isobmff.h"
#include "metadata/jpeg_segments.h"
#include "metadata/jxl_boxes.h"
#include "metadata/png_chunks.h"
#include "metadata/riff_chunks.h"
#include "metadata/tiff_directory.h"

namespace imgmill {
namespace {

/// The functions of one container. `insert` is null if imgmill's encoders write the metadata
/// themselves or the container cannot hold any.
struct Container {
  Format format;
  MetadataBlocks (*read)(ByteView);
  Result<Rewritten> (*rewrite)(ByteView, const Keep&, ByteView exif, ByteView xmp);
  Result<Buffer> (*insert)(ByteView, const NewMetadata&);
};

constexpr std::array containers{
    Container{Format::jpeg, metadata::read_jpeg, metadata::rewrite_jpeg, metadata::insert_jpeg},
    Container{Format::png, metadata::read_png, metadata::rewrite_png, metadata::insert_png},
    Container{Format::webp, metadata::read_webp, metadata::rewrite_webp, metadata::insert_webp},
    Container{Format::avif, metadata::read_avif, metadata::rewrite_avif, nullptr},
    Container{Format::gif, metadata::read_gif, metadata::rewrite_gif, nullptr},
    Container{Format::tiff, metadata::read_tiff, metadata::rewrite_tiff, metadata::insert_tiff},
    Container{Format::jpegxl, metadata::read_jxl, metadata::rewrite_jxl, metadata::insert_jxl},
    // The same boxes as AVIF, with another codec.
    Container{Format::heic, metadata::read_avif, metadata::rewrite_avif, nullptr},
};

const Container* container_of(Format format) {
  const auto found = std::ranges::find(containers, format, &Container::format);
  return found == containers.end() ? nullptr : &*found;
}

std::unexpected<Error> unsupported() {
  return fail(ErrorCode::unsupported, "metadata of this format cannot be written into a file",
              "choose JPEG, PNG, WebP, TIFF or JPEG XL");
}

}  // namespace

MetadataBlocks read_metadata(ByteView file, Format format) {
  const Container* container = container_of(format);
  return container == nullptr ? MetadataBlocks{} : container->read(file);
}

Result<Rewritten> rewrite_metadata(ByteView file, Format format, const Keep& keep, ByteView exif,
                                   ByteView xmp) {
  const Container* container = container_of(format);
  if (container == nullptr) return unsupported();
  return container->rewrite(file, keep, exif, xmp);
}

BlockLimits block_limits(Format format) {
  return format == Format::jpeg ? metadata::jpeg_block_limits : BlockLimits{};
}

Result<Buffer> insert_metadata(ByteView file, Format format, const NewMetadata& metadata) {
  const Container* container = container_of(format);
  if (container == nullptr || container->insert == nullptr) return unsupported();
  return container->insert(file, metadata);
}

}  // namespace imgmill
