// Decides the processing path of one image.
#include "imgmill/optimize.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_left.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "codecs/wholeness.h"
#include "optimize/admission.h"
#include "optimize/choose.h"
#include "optimize/drawing.h"
#include "optimize/memory_need.h"
#include "optimize/source.h"

namespace imgmill {
namespace {

// A kept file is the input, byte for byte; with the marker added it would be bigger.
void tell_of_mending(ByteView input, Optimized& made) {
  const bool grown = made.format == made.input_format && made.bytes.size() > input.size() &&
                     made.decision != Decision::reencoded;
  if (made.decision == Decision::kept || grown) {
    made.decision = Decision::kept;
    made.bytes = Buffer::copy_of(input);
    made.notes.emplace_back("the end marker is missing; nothing smaller was found to mend it in");
  } else {
    made.notes.emplace_back("the end marker was missing and was added");
  }
}

// Whether the file has more than the picture that every format has room for.
bool holds_more(const Source& source, const Keep& keep) {
  return source.info.frames > 1 || source.facts.sequence ||
         !obstacles(source.inventory, source.info.format, keep, Way::convert).empty();
}

// In its own format, at `extent` or else as large as it is. `why` is what stood against what was
// asked.
Result<Optimized> kept_whole(const Source& source, Extent extent, Extent whole,
                             const ImageSettings& settings, const Error& why) {
  ImageSettings own = settings;
  own.output_format.reset();
  own.choose_format = false;
  const Format format = source.info.format;
  Result<Optimized> made = in_format(source, format, extent, own);
  if (!made && made.error().code() == ErrorCode::unsupported && extent != whole) {
    made = in_format(source, format, whole, own);
  }
  if (made) made->notes.push_back(fmt::format("it stays {}: {}", info(format).name, why.message()));
  return made;
}

Result<Optimized> decided(const Source& source, const ImageSettings& settings, const Limits& limits,
                          const Admission& admission) {
  if (source.info.format == Format::svg) return cleaned_drawing(source, settings);
  const Format target = settings.output_format.value_or(source.info.format);
  const Extent whole = upright({source.info.width, source.info.height}, source.info.orientation);
  const Extent extent = resized(whole, settings.resize);
  if (extent.width > whole.width || extent.height > whole.height) {
    ImageInfo enlarged = source.info;
    enlarged.width = extent.width;
    enlarged.height = extent.height;
    IMGMILL_CHECK(within(enlarged, limits));
  }
  if (admission) IMGMILL_CHECK(admission(memory_need(source, extent, settings)));
  IMGMILL_CHECK(check_whole(source.bytes, source.info.format));
  Result<Optimized> made = settings.choose_format ? smallest_format(source, extent, settings)
                                                  : in_format(source, target, extent, settings);
  if (made || made.error().code() != ErrorCode::unsupported) return made;
  if (settings.animation != Animation::keep || !holds_more(source, settings.keep)) return made;
  return kept_whole(source, extent, whole, settings, made.error());
}

// Encoders merge frames that look the same.
Result<void> count_frames(Optimized& made) {
  if (made.frames == 1) return {};
  IMGMILL_TRY(const ImageInfo written, codec(made.format).probe(made.bytes.view()));
  made.frames = written.frames;
  return {};
}

}  // namespace

Result<Optimized> optimize(ByteView input, const ImageSettings& settings, const Limits& limits) {
  return optimize_admitted(input, settings, limits, {});
}

Result<Optimized> optimize_admitted(ByteView input, const ImageSettings& settings,
                                    const Limits& limits, const Admission& admission) {
  IMGMILL_CHECK(validate(settings));
  try {
    IMGMILL_TRY(const Source source, open_source(input, limits));
    IMGMILL_TRY(Optimized made, decided(source, settings, limits, admission));
    if (source.end_marker_added) tell_of_mending(input, made);
    IMGMILL_CHECK(count_frames(made));
    if (has_given_up()) {
      made.notes.emplace_back(
          "for want of time the search ended early: more of it (--timeout) may "
          "find something smaller");
    }
    // What was promised is looked at once more, whichever way the bytes took.
    if (settings.max_bytes && made.bytes.size() > *settings.max_bytes) {
      return fail(ErrorCode::limit,
                  fmt::format("this picture comes to {} as {}, more than the {} allowed",
                              human_size(made.bytes.size()), info(made.format).name,
                              human_size(*settings.max_bytes)),
                  "allow more bytes, make it smaller with --resize, or choose another format");
    }
    return made;
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill
