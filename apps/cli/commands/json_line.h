// The output of --json.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace imgmill::cli {

/// Returns one object on one line. Bytes that are not UTF-8, as in file names, become U+FFFD.
[[nodiscard]] inline std::string json_line(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace imgmill::cli
