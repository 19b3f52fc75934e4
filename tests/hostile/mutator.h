// What happens to files, and what an attacker does to them.
#pragma once

#include <random>

#include "support/make.h"

namespace imgmill::test {

/// One to six changes, the same for the same state of `random`: bits and bytes, numbers at the edge
/// of what fits, pieces cut out, filled, moved, doubled or taken from `other`, an early end. Half
/// of them near the beginning, where headers are.
void mutate(Bytes& file, const Bytes& other, std::mt19937_64& random);

}  // namespace imgmill::test
