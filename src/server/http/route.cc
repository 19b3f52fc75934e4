#include "server/http/route.h"

#include <algorithm>

#include "server/http/url.h"

namespace imgmill::server {
namespace {

/// Removes and returns the first part of "/a/b".
std::string_view next_part(std::string_view& path) {
  path.remove_prefix(1);
  const std::string_view part = path.substr(0, path.find('/'));
  path.remove_prefix(part.size());
  return part;
}

/// Returns the parts that the braces of `pattern` match, or nothing.
std::optional<std::vector<std::string>> captures_of(std::string_view pattern,
                                                    std::string_view path) {
  std::vector<std::string> captures;
  while (!pattern.empty() && !path.empty()) {
    if (!path.starts_with('/') || !pattern.starts_with('/')) return std::nullopt;
    const std::string_view wanted = next_part(pattern);
    const std::string_view part = next_part(path);
    if (!wanted.starts_with('{')) {
      if (wanted != part) return std::nullopt;
      continue;
    }
    auto decoded = percent_decoded(part, false);
    if (!decoded || decoded->empty()) return std::nullopt;
    captures.push_back(*std::move(decoded));
  }
  if (!pattern.empty() || !path.empty()) return std::nullopt;
  return captures;
}

}  // namespace

Match match(std::span<const Route> table, std::string_view method, std::string_view path) {
  Match result;
  std::vector<std::string_view> methods;
  for (const Route& route : table) {
    auto captures = captures_of(route.pattern, path);
    if (!captures) continue;
    const bool head = method == "HEAD" && route.method == "GET";
    if (result.route == nullptr && (route.method == method || head)) {
      result.route = &route;
      result.captures = *std::move(captures);
    }
    if (std::ranges::find(methods, route.method) == methods.end()) methods.push_back(route.method);
    if (route.method == "GET") methods.push_back("HEAD");
  }
  for (const std::string_view known : methods) {
    if (!result.allowed.empty()) result.allowed += ", ";
    result.allowed += known;
  }
  return result;
}

}  // namespace imgmill::server
