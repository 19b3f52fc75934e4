#include "optimize/candidates/packed_jpeg.h"

#include <algorithm>

#include "base/try.h"
#include "codecs/jpeg_in_jxl.h"
#include "optimize/candidates/output_metadata.h"
#include "optimize/source/implied_colours.h"

namespace imgmill {

Result<Optimized> packed_jpeg(const Source& source, const FormatPlan& plan) {
  // The orientation tag and the colour profile are part of the picture.
  Keep keep = plan.keep;
  keep.orientation = true;
  keep.icc = keep.icc || !is_srgb_picture(source);
  const Buffer exif = filter_exif(source.metadata.exif.view(), keep, source.info.orientation, false,
                                  untold_resolution(source));
  const Buffer xmp = lasting_xmp(source, keep);
  IMGMILL_TRY(const Rewritten less,
              rewrite_metadata(source.bytes, Format::jpeg, keep, exif.view(), xmp.view()));
  const bool all = plan.keep == Keep::all();
  ByteView jpeg = all ? source.bytes : less.bytes.view();
  // JPEG XL decoders do not derive colours from EXIF.
  Buffer explained;
  if (declares_adobe_rgb(source)) {
    IMGMILL_TRY(explained, jpeg_with_colours(source, Buffer::copy_of(jpeg)));
    jpeg = explained.view();
  }

  Optimized out{{.decision = Decision::transcoded,
                 .width = plan.layout.extent.width,
                 .height = plan.layout.extent.height},
                Format::jpegxl,
                Format::jpeg,
                {}};
  IMGMILL_TRY(out.bytes, pack_jpeg(jpeg, plan.effort));
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
  out.judgement.target = plan.target;
  return out;
}

}  // namespace imgmill
