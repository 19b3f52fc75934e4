// What settings ask for, as an order to render.
#pragma once

#include "imgmill/settings.h"
#include "optimize/render.h"
#include "optimize/source.h"

namespace imgmill {

/// Whether `target` is to be written without loss: because it was asked for, or
/// because the source is lossless and nobody said a word to the contrary.
[[nodiscard]] bool wants_lossless(const Source& source, Format target,
                                  const ImageSettings& settings);

/// What decides about the quality of `target`, where that is not its number. Room is left
/// for `metadata`, which is added afterwards.
[[nodiscard]] std::optional<Aim> aim_for(Format target, const ImageSettings& settings,
                                         const NewMetadata& metadata);

/// An order with everything that does not depend on the way taken: colours,
/// background, quality (no higher than what the input can be worth), effort.
[[nodiscard]] RenderRequest request_for(const Source& source, Format target,
                                        const ImageSettings& settings);

}  // namespace imgmill
