// Decides the processing path of one image.
#include "imgmill/optimize.h"

#include <fmt/format.h>

#include "base/text.h"
#include "base/time_left.h"
#include "base/try.h"
#include "codecs/engine.h"
#include "optimize/admission.h"
#include "optimize/candidates/choose.h"
#include "optimize/candidates/drawing.h"
#include "optimize/candidates/framing.h"
#include "optimize/plan/memory_need.h"
#include "optimize/source/source.h"

namespace imgmill {
namespace {

// A kept file is the input, byte for byte; with the marker added it would be bigger.
void note_mending(ByteView input, Optimized& made) {
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

// An enlarged picture counts like an input of that size.
Result<void> within_enlarged(const Source& source, const EncodePlan& plan, const Limits& limits) {
  ImageInfo enlarged = source.info;
  enlarged.width = plan.layout.extent.width;
  enlarged.height = plan.layout.extent.height;
  const Extent whole = whole_extent(source);
  if (enlarged.width <= whole.width && enlarged.height <= whole.height) return {};
  return within(enlarged, limits);
}

// Follows the plan, or else the first of its alternatives that is supported.
Result<Optimized> followed(const Source& source, const EncodePlan& plan) {
  Result<Optimized> made =
      plan.choose ? smallest_format(source, plan.formats) : in_format(source, plan.formats.front());
  if (made) return made;
  const Error why = made.error();
  for (const FormatPlan& other : plan.otherwise) {
    if (made.error().code() != ErrorCode::unsupported) return made;
    made = in_format(source, other);
    if (!made) continue;
    made->notes.push_back(fmt::format("it stays {}: {}", info(other.format).name, why.message()));
    return made;
  }
  return made;
}

// Encoders merge frames that look the same.
Result<void> count_frames(Optimized& made) {
  if (made.frames == 1) return {};
  IMGMILL_TRY(const ImageInfo written, codec(made.format).probe(made.bytes.view()));
  made.frames = written.frames;
  return {};
}

// Completes the result with facts that are known only at the end. Checks a promised size once more,
// whatever path the bytes took.
Result<Optimized> finished(const Source& source, const ImageSettings& settings,
                           Result<Optimized> made) {
  if (!made) return made;
  if (source.end_marker_added) note_mending(source.file, *made);
  IMGMILL_CHECK(count_frames(*made));
  if (has_given_up()) {
    made->notes.emplace_back(
        "for want of time the search ended early: more of it (--timeout) may "
        "find something smaller");
  }
  if (settings.max_bytes && made->bytes.size() > *settings.max_bytes) {
    return fail(ErrorCode::limit,
                fmt::format("this picture comes to {} as {}, more than the {} allowed",
                            human_size(made->bytes.size()), info(made->format).name,
                            human_size(*settings.max_bytes)),
                "allow more bytes, make it smaller with --resize, or choose another format");
  }
  return made;
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
    if (source.info.format == Format::svg)
      return finished(source, settings, cleaned_drawing(source, settings));
    IMGMILL_TRY(EncodePlan plan, resolve(source, settings));
    IMGMILL_CHECK(within_enlarged(source, plan, limits));
    if (admission) IMGMILL_CHECK(admission(memory_need(source, plan)));
    IMGMILL_CHECK(source.codec->check_whole(source.bytes));
    if (crops_by_pixels(settings)) {
      IMGMILL_TRY(plan, resolve_by_pixels(source, settings));
    }
    return finished(source, settings, followed(source, plan));
  } catch (const std::bad_alloc&) {
    return std::unexpected(engine_memory_error());
  }
}

}  // namespace imgmill
