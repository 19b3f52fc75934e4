// What --json prints.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace imgmill::cli {

/// One object on one line. Names of files may not be UTF-8: such bytes become U+FFFD.
[[nodiscard]] inline std::string json_line(const nlohmann::ordered_json& object) {
  return object.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace imgmill::cli
