#include "imgmill/maker.h"

#include <fmt/core.h>

#include "codecs/engine.h"
#include "imgmill/version.h"

namespace imgmill {
namespace {

/// Incremented with every change that alters the output for some input, unless the version changes
/// as well.
constexpr int generation = 10;

}  // namespace

std::string maker() {
  return fmt::format("imgmill {}.{}, libvips {}", version, generation, engine_version());
}

}  // namespace imgmill
