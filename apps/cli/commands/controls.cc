#include "commands/controls.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <nlohmann/json.hpp>
#include <system_error>

#include "base/text.h"
#include "commands/json_line.h"

namespace imgmill::cli {
namespace {

using Json = nlohmann::ordered_json;

Json told(const Error& error) {
  return {{"code", std::string(name_of(error.code()))},
          {"message", printable(error.message())},
          {"advice", printable(error.advice())}};
}

Json misunderstood(std::string message) {
  const Error error(ErrorCode::usage, std::move(message),
                    R"(send {"id": 1, "allow": ["/a/folder"]} in one line)");
  return {{"id", nullptr}, {"error", told(error)}};
}

Json answer_to(const Json& command, const Allow& allow) {
  if (!command.is_object()) return misunderstood("the command is not a JSON object");
  for (const auto& [field, value] : command.items()) {
    if (field != "id" && field != "allow") return misunderstood("unknown field '" + field + "'");
  }
  const Json id = command.value("id", Json());
  if (!id.is_number() && !id.is_string()) return misunderstood("the command has no id");
  const Json paths = command.value("allow", Json());
  if (!paths.is_array()) return misunderstood("allow is not an array of paths");
  Json answer = {{"id", id}, {"allowed", Json::array()}, {"refused", Json::array()}};
  for (const Json& path : paths) {
    if (!path.is_string()) return misunderstood("allow is not an array of paths");
    const std::string text = path.get<std::string>();
    const Result<std::filesystem::path> place = allow(text);
    // A link may lead to a path that is not UTF-8, which JSON cannot hold.
    if (place && is_utf8(place->native())) {
      answer["allowed"].push_back(place->native());
      continue;
    }
    Json refused = told(
        place ? Error(ErrorCode::usage, "its name is not UTF-8", "rename the folder or the file")
              : place.error());
    refused["path"] = text;
    answer["refused"].push_back(std::move(refused));
  }
  return answer;
}

}  // namespace

std::string answer_command(std::string_view line, const Allow& allow) {
  const Json command = Json::parse(line, nullptr, false);
  return json_line(answer_to(command, allow));
}

Controls::Controls(int input, std::function<void(std::string_view)> answer,
                   std::function<void()> ended)
    : answer_(std::move(answer)), ended_(std::move(ended)), stop_(::eventfd(0, EFD_CLOEXEC)) {
  if (stop_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  thread_ = std::thread([this, input] { read(input); });
}

Controls::~Controls() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = ::write(stop_, &one, sizeof one);
  thread_.join();
  ::close(stop_);
}

void Controls::read(int input) {
  std::string held;
  std::array<char, 65536> part{};
  for (;;) {
    std::array<pollfd, 2> waiting = {pollfd{input, POLLIN, 0}, pollfd{stop_, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), -1) < 0) {
      if (errno == EINTR) continue;
      break;
    }
    if (waiting[1].revents != 0) return;
    const ssize_t got = ::read(input, part.data(), part.size());
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) break;
    held.append(part.data(), static_cast<std::size_t>(got));
    std::size_t start = 0;
    for (std::size_t end = 0; (end = held.find('\n', start)) != std::string::npos;
         start = end + 1) {
      answer_(std::string_view(held).substr(start, end - start));
    }
    held.erase(0, start);
    if (held.size() > longest) break;
  }
  ended_();
}

}  // namespace imgmill::cli
