// Ends a test where one of the formats' own libraries does not do what it is asked to.
#pragma once

#include <libheif/heif.h>

#include <stdexcept>

namespace imgmill::test {

inline void must(bool well, const char* what) {
  if (!well) throw std::runtime_error(what);
}

inline void must(const heif_error& error) { must(error.code == heif_error_Ok, error.message); }

}  // namespace imgmill::test
