#include "metadata/metadata.h"

#include <algorithm>
#include <array>
#include <string>

#include "base/try.h"
#include "metadata/container_inventories.h"
#include "metadata/containers.h"
#include "metadata/gif_blocks.h"
#include "metadata/isobmff.h"
#include "metadata/jpeg_segments.h"
#include "metadata/jxl_boxes.h"
#include "metadata/png_chunks.h"
#include "metadata/qoi_stream.h"
#include "metadata/riff_chunks.h"
#include "metadata/tiff_directory.h"

namespace imgmill {
namespace {

constexpr std::array containers{
    Container{.format = Format::jpeg,
              .read = metadata::read_jpeg,
              .rewrite = metadata::rewrite_jpeg,
              .list = metadata::list_jpeg,
              .insert = metadata::insert_jpeg,
              .limits = metadata::jpeg_block_limits,
              .takes_foreign = true},
    Container{.format = Format::png,
              .read = metadata::read_png,
              .rewrite = metadata::rewrite_png,
              .list = metadata::list_png,
              .insert = metadata::insert_png,
              .takes_foreign = true,
              .carry = metadata::carry_into_png,
              .carried_as_it_is = Content::resolution},
    Container{.format = Format::webp,
              .read = metadata::read_webp,
              .rewrite = metadata::rewrite_webp,
              .list = metadata::list_webp,
              .insert = metadata::insert_webp,
              .takes_foreign = true,
              .carry = metadata::carry_into_webp},
    Container{.format = Format::avif,
              .read = metadata::read_avif,
              .rewrite = metadata::rewrite_avif,
              .list = metadata::list_isobmff},
    Container{.format = Format::gif,
              .read = metadata::read_gif,
              .rewrite = metadata::rewrite_gif,
              .list = metadata::list_gif,
              .takes_foreign = true,
              .carry = metadata::carry_into_gif,
              .carried_as_it_is = Content::xmp},
    Container{.format = Format::tiff,
              .read = metadata::read_tiff,
              .rewrite = metadata::rewrite_tiff,
              .list = metadata::list_tiff,
              .insert = metadata::insert_tiff},
    // A box that said "to the end" may now state its size.
    Container{.format = Format::jpegxl,
              .read = metadata::read_jxl,
              .rewrite = metadata::rewrite_jxl,
              .list = metadata::list_jxl,
              .insert = metadata::insert_jxl,
              .takes_foreign = true,
              .carry = metadata::carry_into_jxl,
              .free_head = 8},
    // The same boxes as AVIF, with another codec.
    Container{.format = Format::heic,
              .read = metadata::read_avif,
              .rewrite = metadata::rewrite_avif,
              .list = metadata::list_isobmff},
    Container{.format = Format::qoi,
              .read = metadata::read_qoi,
              .rewrite = metadata::rewrite_qoi,
              .list = metadata::list_qoi},
};

std::unexpected<Error> unsupported() {
  return fail(ErrorCode::unsupported, "metadata of this format cannot be written into a file",
              "choose JPEG, PNG, WebP, TIFF or JPEG XL");
}

}  // namespace

const Container* container_of(Format format) {
  const auto found = std::ranges::find(containers, format, &Container::format);
  return found == containers.end() ? nullptr : &*found;
}

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
  const Container* container = container_of(format);
  return container == nullptr ? BlockLimits{} : container->limits;
}

Result<Buffer> insert_metadata(ByteView file, Format format, const NewMetadata& metadata) {
  const Container* container = container_of(format);
  if (container == nullptr || container->insert == nullptr) return unsupported();
  return container->insert(file, metadata);
}

}  // namespace imgmill
