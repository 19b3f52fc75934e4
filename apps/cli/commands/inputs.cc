#include "commands/inputs.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "base/text.h"
#include "base/try.h"

namespace imgmill::cli {
namespace {

constexpr std::uint64_t longest_list = std::uint64_t{1} << 30;
constexpr std::size_t first_block = std::size_t{64} << 10;

struct Descriptor {
  int number;
  ~Descriptor() {
    if (number > STDERR_FILENO) close(number);
  }
};

std::unexpected<Error> cannot_read(const std::string& name, int number) {
  return fail(ErrorCode::environment,
              fmt::format("cannot read {}: {}", name, std::strerror(number)),
              number == ENOENT   ? "check the path"
              : number == EACCES ? "give yourself permission to read it"
              : number == EISDIR ? "name a file, not a folder"
                                 : "");
}

}  // namespace

Result<Buffer> read_everything(const std::filesystem::path& path, std::uint64_t most) {
  const bool standard_input = path == "-";
  const std::string name = standard_input ? "standard input" : printable(path);
  const Descriptor file{standard_input ? STDIN_FILENO : open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.number < 0) return cannot_read(name, errno);
  const auto too_much = [&] {
    return fail(ErrorCode::limit,
                fmt::format("{} is larger than the limit of {}", name, human_size(most)),
                "allow more with --max-input");
  };
  std::vector<std::byte> bytes;
  struct stat facts {};
  if (fstat(file.number, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_size > 0) {
    if (static_cast<std::uint64_t>(facts.st_size) > most) return too_much();
    bytes.resize(static_cast<std::size_t>(facts.st_size) + 1);  // one more byte, to detect the end
                                                                // at once
  }
  std::size_t used = 0;
  for (;;) {
    if (used == bytes.size()) bytes.resize(std::max(first_block, bytes.size() * 2));
    const ssize_t got = read(file.number, bytes.data() + used, bytes.size() - used);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_read(name, errno);
    if (got == 0) break;
    used += static_cast<std::size_t>(got);
    if (used > most) return too_much();
  }
  bytes.resize(used);
  return Buffer::adopt(std::move(bytes));
}

std::vector<std::filesystem::path> paths_of_list(std::string_view text) {
  const char separator = text.find('\0') == std::string_view::npos ? '\n' : '\0';
  std::vector<std::filesystem::path> paths;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    std::string_view entry = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (separator == '\n' && entry.ends_with('\r')) entry.remove_suffix(1);
    if (!entry.empty()) paths.emplace_back(entry);
  }
  return paths;
}

Result<std::vector<std::filesystem::path>> expand_inputs(const std::vector<std::string>& inputs) {
  std::vector<std::filesystem::path> paths;
  for (const std::string& input : inputs) {
    if (!input.starts_with('@')) {
      paths.emplace_back(input);
      continue;
    }
    const std::string list = input.substr(1);
    auto text = read_everything(list, longest_list);
    if (!text) {
      return fail(text.error().code(),
                  fmt::format("{} names a list: {}", printable(input), text.error().message()),
                  fmt::format("write ./{} if an image is called so", printable(input)));
    }
    auto listed_paths = paths_of_list(as_text(text->view()));
    if (listed_paths.empty()) {
      return fail(ErrorCode::usage, printable(input) + " lists no paths",
                  "write one path a line into it");
    }
    std::ranges::move(listed_paths, std::back_inserter(paths));
  }
  return paths;
}

}  // namespace imgmill::cli
