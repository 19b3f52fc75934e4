// Checks the include rules of ARCHITECTURE.md: arrows go down only.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace {

namespace fs = std::filesystem;

/// Returns for each part, and for each room of a part ("server/http"), what src/CMakeLists.txt
/// declares that it may use.
std::map<std::string, std::set<std::string>> declared() {
  std::map<std::string, std::set<std::string>> parts;
  std::ifstream list(IMGMILL_PARTS_FILE);
  for (std::string line; std::getline(list, line);) {
    std::istringstream words(line.substr(line.find(':') + 1));
    parts.emplace(line.substr(0, line.find(':')),
                  std::set<std::string>(std::istream_iterator<std::string>(words), {}));
  }
  return parts;
}

/// "server" of "server/http/url.h".
std::string part_of(const fs::path& file) { return file.begin()->string(); }
/// "server/http", or "server" of files that lie in no room.
std::string room_of(const fs::path& file) { return file.parent_path().string(); }

bool is_test(const fs::path& file) {
  const std::string stem = file.stem().string();
  return stem.ends_with("_test") || stem.ends_with("_bench") || stem.ends_with("_fuzz");
}

TEST(Layering, IncludesAreTheDeclaredArrows) {
  const fs::path source = fs::path(IMGMILL_SOURCE_DIR) / "src";
  const std::map<std::string, std::set<std::string>> below = declared();
  const std::regex include("^#include \"([^\"]+/[^\"]+)\"");
  std::map<std::string, std::set<std::string>> used;
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path file = entry.path().lexically_relative(source);
    if ((file.extension() != ".cc" && file.extension() != ".h") || is_test(file)) continue;
    const std::string part = part_of(file);
    const std::string room = room_of(file);
    ASSERT_TRUE(below.contains(part)) << "a part nobody has placed: " << part;
    ASSERT_TRUE(below.contains(room)) << "a room nobody has placed: " << room;
    std::ifstream text(entry.path());
    for (std::string line; std::getline(text, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const fs::path target(match[1].str());
      if (part_of(target) == "imgmill") continue;
      if (part_of(target) != part) {
        used[part].insert(part_of(target));
        EXPECT_TRUE(below.at(part).contains(part_of(target)))
            << file << " includes " << target << ", which does not lie below " << part;
      } else if (room != part && room_of(target) != room) {
        EXPECT_TRUE(below.at(room).contains(room_of(target)))
            << file << " includes " << target << ", which does not lie below " << room;
      }
    }
  }
  for (const auto& [part, others] : below) {
    if (part.contains('/')) continue;
    EXPECT_EQ(used[part], others) << part << " declares what it does not use";
  }
}

TEST(Layering, TheWindowKnowsNothingOfTheEngine) {
  const fs::path source = fs::path(IMGMILL_SOURCE_DIR) / "apps/desktop";
  const std::regex own("^#include \"([^\"]+)\"");
  const std::regex foreign("^#include <(imgmill|vips)");
  int files = 0;
  for (const auto& entry : fs::directory_iterator(source)) {
    const fs::path& file = entry.path();
    if ((file.extension() != ".cc" && file.extension() != ".h") || is_test(file)) continue;
    ++files;
    std::ifstream text(file);
    for (std::string line; std::getline(text, line);) {
      std::smatch match;
      EXPECT_FALSE(std::regex_search(line, foreign)) << file << ": " << line;
      if (std::regex_search(line, match, own)) {
        EXPECT_TRUE(fs::exists(source / match[1].str())) << file << ": " << line;
      }
    }
  }
  EXPECT_GT(files, 5) << "the test reads the wrong folder";
}

TEST(Layering, TheCoreNeitherPrintsNorReadsTheEnvironment) {
  const fs::path source = fs::path(IMGMILL_SOURCE_DIR) / "src";
  const std::regex quoted(R"("[^"]*")");
  const std::regex forbidden(
      R"(std::cout|std::cerr|\bprintf\(|\bfprintf\(|fmt::print|\bgetenv\(|\babort\(|std::exit)");
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path& file = entry.path();
    if ((file.extension() != ".cc" && file.extension() != ".h") || is_test(file)) continue;
    std::ifstream text(file);
    int number = 0;
    for (std::string line; std::getline(text, line);) {
      ++number;
      // Names in string literals are not calls.
      EXPECT_FALSE(std::regex_search(std::regex_replace(line, quoted, ""), forbidden))
          << file.lexically_relative(source) << ":" << number << ": " << line;
    }
  }
}

}  // namespace
