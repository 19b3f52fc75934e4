#include "imgmill/maker.h"

#include <fmt/core.h>

#include "codecs/engine.h"
#include "imgmill/version.h"

namespace imgmill {
namespace {

/// Raised with every change after which some input gives other bytes than before, as
/// far as the version does not say so yet.
constexpr int generation = 9;

}  // namespace

std::string maker() {
  return fmt::format("imgmill {}.{}, libvips {}", version, generation, engine_version());
}

}  // namespace imgmill
