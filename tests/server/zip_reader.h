// Reads ZIP archives with libarchive.
#pragma once

#include <map>
#include <string>

namespace imgmill::test {

/// Returns contents by name. Throws if the archive is damaged.
std::map<std::string, std::string> read_zip(const std::string& bytes);

}  // namespace imgmill::test
