// Damaged data that decoders conceal, and stray bytes that they complain about.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "codecs/codec.h"
#include "imgmill/error.h"
#include "optimize/source/source.h"

namespace imgmill {

/// Returns look(Damage::refuse). If it calls the data bad, and the codec knows why, that is the
/// error; if it knows that nothing is wrong with the picture, returns look(Damage::tolerate).
template <typename Look>
[[nodiscard]] auto without_damage(const Source& source, const Look& look)
    -> decltype(look(Damage::refuse)) {
  auto seen = look(Damage::refuse);
  if (seen || seen.error().code() != ErrorCode::bad_input) return seen;
  const std::optional<std::string> damage = source.codec->diagnose(source.bytes);
  if (!damage) return seen;
  if (damage->empty()) return look(Damage::tolerate);
  return std::unexpected(damage_error(source.info.format, *damage));
}

}  // namespace imgmill
