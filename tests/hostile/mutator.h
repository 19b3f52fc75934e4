// Damages files, by accident or like an attacker.
#pragma once

#include <random>

#include "support/make.h"

namespace imgmill::test {

/// Makes one to six changes, determined by the state of `random`: bits and bytes, boundary values,
/// parts removed, filled, moved, duplicated or taken from `other`, truncation. Half of them are
/// near the beginning, where headers are.
void mutate(Bytes& file, const Bytes& other, std::mt19937_64& random);

}  // namespace imgmill::test
