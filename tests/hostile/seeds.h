// Sound files of every kind that is read, small, to be broken.
#pragma once

#include <string>
#include <vector>

#include "support/make.h"

namespace imgmill::test {

struct Seed {
  std::string name;
  Bytes file;
};

/// The same in every run, but for what a library's other version encodes otherwise.
std::vector<Seed> seeds();

}  // namespace imgmill::test
