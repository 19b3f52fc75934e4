#include "optimize/packed_jpeg.h"

#include <algorithm>

#include "base/try.h"
#include "codecs/jpeg_in_jxl.h"
#include "optimize/carried.h"
#include "optimize/told_colours.h"

namespace imgmill {

bool may_stay_jpeg(const Source& source, Format target, Extent extent,
                   const ImageSettings& settings) {
  const Extent whole = upright({source.info.width, source.info.height}, source.info.orientation);
  return source.info.format == Format::jpeg && target == Format::jpegxl && extent == whole &&
         settings.colour == ColourPolicy::keep_profile &&
         obstacles(source.inventory, Format::jpeg, settings.keep, Way::repack).empty();
}

Result<Optimized> packed_jpeg(const Source& source, const ImageSettings& settings) {
  // The orientation tag and the colour profile are part of the picture.
  Keep keep = settings.keep;
  keep.orientation = true;
  keep.icc = keep.icc || !is_srgb_picture(source);
  const Buffer exif = filter_exif(source.metadata.exif.view(), keep, source.info.orientation, false,
                                  untold_resolution(source));
  const Buffer xmp = lasting_xmp(source, keep);
  IMGMILL_TRY(const Rewritten less,
              rewrite_metadata(source.bytes, Format::jpeg, keep, exif.view(), xmp.view()));
  const bool all = settings.keep == Keep::all();
  ByteView jpeg = all ? source.bytes : less.bytes.view();
  // JPEG XL decoders do not derive colours from EXIF.
  Buffer explained;
  if (says_adobe_rgb(source)) {
    IMGMILL_TRY(explained, jpeg_with_colours(source, Buffer::copy_of(jpeg)));
    jpeg = explained.view();
  }

  const Extent extent = upright({source.info.width, source.info.height}, source.info.orientation);
  Optimized out{.format = Format::jpegxl,
                .input_format = Format::jpeg,
                .decision = Decision::transcoded,
                .width = extent.width,
                .height = extent.height};
  IMGMILL_TRY(out.bytes, pack_jpeg(jpeg, settings.effort));
  const bool same = std::ranges::equal(jpeg, source.bytes);
  out.notes.emplace_back(
      same  ? (source.end_marker_added
                   ? "imgmill restore-jpeg gives the JPEG back, bit for bit but for its end marker"
                   : "imgmill restore-jpeg gives the JPEG back, bit for bit")
      : all ? "imgmill restore-jpeg gives the JPEG back, with the colour profile that its EXIF "
              "stands for"
            : "imgmill restore-jpeg gives the JPEG back, less the metadata that was not to stay "
              "(--keep all: bit for bit)");
  out.judgement.score = 100;
  if (settings.target) out.judgement.target = settings.target->score;
  return out;
}

}  // namespace imgmill
