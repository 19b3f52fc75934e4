#include "server/jobs/names.h"

#include <algorithm>
#include <mutex>
#include <system_error>

#include "base/text.h"
#include "base/try.h"
#include "base/utf8.h"
#include "platform/io_error.h"

namespace imgmill::server {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t longest_name = 1024;
constexpr std::size_t longest_part = 255;
constexpr std::size_t most_roots = 20'000;

bool is_absolute(const fs::path& path) {
  return path.is_absolute() && path.native().find('\0') == std::string::npos;
}

std::unexpected<Error> not_absolute(const fs::path& path) {
  return fail(ErrorCode::usage, "'" + printable(path) + "' is not an absolute path",
              "write it from / on");
}

bool is_control(char c) {
  const auto code = static_cast<unsigned char>(c);
  return code < 0x20 || code == 0x7f;
}

bool is_drive(std::string_view part) {
  return part.size() >= 2 && part[1] == ':' &&
         ((part[0] >= 'a' && part[0] <= 'z') || (part[0] >= 'A' && part[0] <= 'Z'));
}

std::unexpected<Error> bad_name(std::string why) {
  return fail(ErrorCode::usage, "the name of the file " + std::move(why),
              "send a relative name such as holiday/beach.jpg");
}

}  // namespace

Result<void> check_name(std::string_view name) {
  if (name.empty()) return bad_name("is empty");
  if (name.size() > longest_name) return bad_name("is longer than 1024 bytes");
  if (!is_utf8(name)) return bad_name("is not UTF-8");
  if (std::ranges::any_of(name, is_control)) return bad_name("holds control characters");
  if (name.find('\\') != name.npos) return bad_name("holds a backslash");
  if (name.starts_with('/') || is_drive(name)) return bad_name("is not relative");
  for (std::size_t start = 0; start <= name.size();) {
    const std::size_t end = std::min(name.find('/', start), name.size());
    const std::string_view part = name.substr(start, end - start);
    if (part.empty()) return bad_name("has an empty part");
    if (part == "." || part == "..") return bad_name("leads out of its folder");
    if (part.size() > longest_part) return bad_name("has a part longer than 255 bytes");
    start = end + 1;
  }
  return {};
}

std::string tame_name(std::string_view name) {
  std::string tame;
  for (std::size_t i = 0; i < name.size();) {
    const CodePoint point = next_code_point(name.substr(i));
    const char c = name[i];
    const bool wrong = !point.valid || is_control(c) || c == '\\';
    tame += wrong ? std::string("_") : std::string(name.substr(i, point.length));
    i += point.length;
  }
  std::string result;
  for (std::size_t start = 0; start < tame.size();) {
    const std::size_t end = std::min(tame.find('/', start), tame.size());
    std::string part = tame.substr(start, end - start);
    if (part == "." || part == "..") part.assign(part.size(), '_');
    if (!part.empty()) result += (result.empty() ? "" : "/") + part;
    start = end + 1;
  }
  // Checked last: "/c:" looks like a drive only after its slash is gone.
  if (is_drive(result)) result[1] = '_';
  return result.empty() ? "_" : result;
}

bool lies_in(const fs::path& path, const fs::path& folder) {
  const auto [at, rest] = std::mismatch(folder.begin(), folder.end(), path.begin(), path.end());
  // The paths "/" and "/a/" end with an empty part.
  return at == folder.end() || (at->empty() && std::next(at) == folder.end());
}

Result<Roots> Roots::create(const std::vector<fs::path>& folders) {
  Roots roots;
  for (const fs::path& folder : folders) {
    std::error_code error;
    fs::path canonical = fs::canonical(folder, error);
    if (!error && !fs::is_directory(canonical)) error.assign(ENOTDIR, std::generic_category());
    if (error) return std::unexpected(io_error(error.value(), "open", folder));
    IMGMILL_CHECK(roots.allow(canonical));
  }
  return roots;
}

Result<fs::path> Roots::allow(const fs::path& path) {
  if (!is_absolute(path)) return not_absolute(path);
  std::error_code error;
  fs::path canonical = fs::canonical(path, error);
  if (error) return std::unexpected(io_error(error.value(), "open", path));
  const fs::file_status status = fs::status(canonical, error);
  if (!fs::is_directory(status) && !fs::is_regular_file(status)) {
    return fail(ErrorCode::usage, "'" + printable(path) + "' is neither a folder nor a file",
                "choose the folder that holds the images");
  }
  const std::unique_lock lock(known_->mutex);
  std::vector<fs::path>& folders = known_->folders;
  if (folders.size() + known_->files.size() >= most_roots) {
    return fail(ErrorCode::limit, "too many folders and files were chosen one by one",
                "choose the folder that holds them, or start anew");
  }
  if (!fs::is_directory(status)) {
    known_->files.insert(canonical);
  } else if (std::ranges::find(folders, canonical) == folders.end()) {
    folders.push_back(canonical);
  }
  return canonical;
}

std::vector<fs::path> Roots::folders() const {
  const std::shared_lock lock(known_->mutex);
  return known_->folders;
}

bool Roots::allowed(const fs::path& place) const {
  const std::shared_lock lock(known_->mutex);
  return known_->files.contains(place) ||
         std::ranges::any_of(known_->folders,
                             [&](const fs::path& root) { return lies_in(place, root); });
}

Result<fs::path> Roots::resolve(const fs::path& path) const {
  if (!is_absolute(path)) return not_absolute(path);
  const auto outside = [&] {
    return fail(ErrorCode::usage,
                "'" + printable(path) + "' lies outside of the folders this server may use",
                "start imgmill serve with --root and that folder");
  };
  std::error_code error;
  fs::path canonical = fs::canonical(path, error);
  if (error) {
    // Do not reveal which files exist outside the roots.
    if (!allowed(path.lexically_normal())) return outside();
    return std::unexpected(io_error(error.value(), "read", path));
  }
  if (!allowed(canonical)) return outside();
  return canonical;
}

}  // namespace imgmill::server
