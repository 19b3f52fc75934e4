#include "optimize/source/damage.h"

#include <fmt/format.h>

namespace imgmill {

Error damage_error(const Source& source, std::string_view how) {
  return Error(ErrorCode::bad_input,
               fmt::format("the {} data is damaged ({})", source.codec->info.name, how),
               "restore the file from a copy; it was left as it is");
}

}  // namespace imgmill
