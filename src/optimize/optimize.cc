// The decision for one image: which of the two ways it goes.
#include "imgmill/optimize.h"

#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/convert.h"
#include "optimize/same_format.h"
#include "optimize/source.h"

namespace imgmill {

Result<Optimized> optimize(ByteView input, const ImageSettings& settings, const Limits& limits) {
  IMGMILL_CHECK(validate(settings));
  try {
    IMGMILL_TRY(const Source source, open_source(input, limits));
    const Format target = settings.output_format.value_or(source.info.format);
    const Extent whole = upright({source.info.width, source.info.height}, source.info.orientation);
    const Extent extent = resized(whole, settings.resize);
    if (extent.width > whole.width || extent.height > whole.height) {
      ImageInfo enlarged = source.info;
      enlarged.width = extent.width;
      enlarged.height = extent.height;
      IMGMILL_CHECK(within(enlarged, limits));
    }
    const bool new_colours = settings.colour == ColourPolicy::to_srgb && !is_srgb_picture(source) &&
                             (source.foreign_colours || !untouchable(source));
    if (target == source.info.format && extent == whole && !new_colours) {
      return same_format(source, settings);
    }
    return converted(source, target, extent, settings);
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill
