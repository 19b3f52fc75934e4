// Small valid files of every readable kind, to be damaged.
#pragma once

#include <string>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct Seed {
  std::string name;
  Bytes file;
};

/// The same in every run, except where another version of a library encodes differently.
std::vector<Seed> seeds();

}  // namespace imgmill::test
