#include "jpeg/dct.h"

#include <cmath>
#include <numbers>

namespace imgmill::jpeg {
namespace {

Matrix make_basis() {
  Matrix basis{};
  for (std::size_t frequency = 0; frequency < 8; ++frequency) {
    const double scale = frequency == 0 ? std::sqrt(1.0 / 8) : 0.5;
    for (std::size_t sample = 0; sample < 8; ++sample) {
      const auto turns = static_cast<double>((2 * sample + 1) * frequency);
      basis[frequency][sample] =
          static_cast<float>(scale * std::cos(std::numbers::pi * turns / 16));
    }
  }
  return basis;
}

}  // namespace

const Matrix& dct_basis() {
  static const Matrix basis = make_basis();
  return basis;
}

float halving_gain(std::size_t frequency) {
  // Fitted against SSIMULACRA 2, together with the quantiser's other parameters.
  constexpr float most = 0.12F;
  return 1 + most * static_cast<float>(frequency * frequency) / 49;
}

}  // namespace imgmill::jpeg
