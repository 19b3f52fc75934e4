// ZIP archives read back by libarchive.
#pragma once

#include <map>
#include <string>

namespace imgmill::test {

/// Contents by name. Throws when the archive is not sound to its end.
std::map<std::string, std::string> read_zip(const std::string& bytes);

}  // namespace imgmill::test
