// Commands to a server from the program that started it: one line of JSON in, one out.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <thread>

#include "imgmill/error.h"

namespace imgmill::cli {

/// Allows a folder or a file and returns its canonical path.
using Allow = std::function<Result<std::filesystem::path>(const std::filesystem::path&)>;

/// Answers one command, a JSON object on one line:
/// `{"id": 1, "allow": ["/home/me/photos"]}` is answered by
/// `{"id": 1, "allowed": ["/home/me/photos"], "refused": [{"path", "code", "message", "advice"}]}`,
/// and anything else by `{"id": null, "error": {"code", "message", "advice"}}`.
/// `id` is any number or text and is returned unchanged.
[[nodiscard]] std::string answer_command(std::string_view line, const Allow& allow);

/// Reads commands on a thread of its own.
class Controls {
 public:
  /// `answer` receives each line and writes the answer itself; a line of more than `longest` bytes
  /// ends the reading. `ended` is called once at the end of input: the controlling program is gone.
  /// Neither is called after the destructor. Throws std::system_error.
  Controls(int input, std::function<void(std::string_view)> answer, std::function<void()> ended);
  Controls(const Controls&) = delete;
  Controls& operator=(const Controls&) = delete;
  ~Controls();

  static constexpr std::size_t longest = std::size_t{8} << 20;

 private:
  void read(int input);

  const std::function<void(std::string_view)> answer_;
  const std::function<void()> ended_;
  int stop_ = -1;  ///< an eventfd
  std::thread thread_;
};

}  // namespace imgmill::cli
