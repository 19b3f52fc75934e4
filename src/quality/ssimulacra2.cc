#include "quality/ssimulacra2.h"

#include <cstring>

#include "base/try.h"
#include "quality/light.h"

namespace imgmill {

struct Ssimulacra2::State {
  PixelView view;
  std::vector<std::byte> pixels;
};

Ssimulacra2::Ssimulacra2(std::unique_ptr<State> state) : state_(std::move(state)) {}
Ssimulacra2::Ssimulacra2(Ssimulacra2&&) noexcept = default;
Ssimulacra2& Ssimulacra2::operator=(Ssimulacra2&&) noexcept = default;
Ssimulacra2::~Ssimulacra2() = default;

Result<Ssimulacra2> Ssimulacra2::prepare(const PixelView& original) {
  IMGMILL_CHECK(quality::LightReader::create(original));
  auto state = std::make_unique<State>();
  state->view = original;
  state->pixels.resize(original.row_bytes * original.height);
  std::memcpy(state->pixels.data(), original.samples, state->pixels.size());
  state->view.samples = state->pixels.data();
  return Ssimulacra2(std::move(state));
}

Result<Similarity> Ssimulacra2::compare(const PixelView& candidate, Detail detail) {
  IMGMILL_TRY(const double score, ssimulacra2_reference(state_->view, candidate));
  Similarity result;
  result.score = score;
  if (detail == Detail::local) {
    result.local.columns = (candidate.width + LocalScores::side - 1) / LocalScores::side;
    result.local.rows = (candidate.height + LocalScores::side - 1) / LocalScores::side;
    result.local.errors.assign(std::size_t{result.local.columns} * result.local.rows, 0.0F);
    result.worst = {0, 0, candidate.width, candidate.height, score};
  }
  return result;
}

std::vector<std::string_view> simd_targets() { return {"SCALAR"}; }

}  // namespace imgmill
