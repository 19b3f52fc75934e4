// Checks the include rules of ARCHITECTURE.md: arrows go down only.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <string>

namespace {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed() {
  static const std::map<std::string, std::set<std::string>> below = {
      {"base", {}},
      {"platform", {"base"}},
      {"metadata", {"base"}},
      {"jpeg", {"base"}},
      {"png", {"base"}},
      {"svg", {"base"}},
      {"webp", {"base"}},
      {"codecs", {"base", "metadata", "jpeg", "png", "svg", "webp"}},
      {"transform", {"base", "jpeg", "codecs"}},
      {"quality", {"base", "codecs", "transform"}},
      {"optimize", {"base", "metadata", "jpeg", "png", "svg", "codecs", "transform", "quality"}},
      {"compare", {"base", "codecs", "transform", "quality", "optimize"}},
      {"placeholder", {"base", "codecs", "transform", "optimize"}},
      {"store", {"base", "platform", "schema"}},
      {"schema", {"base"}},
      {"sandbox", {"base", "platform"}},
      {"executor", {"base", "platform", "optimize"}},
      {"pool",
       {"base", "platform", "schema", "sandbox", "codecs", "optimize", "compare", "executor"}},
      {"pipeline", {"base", "platform", "store", "executor"}},
      // Uses metadata only for the signatures of raw files, to name a file that is not an image.
      {"batch",
       {"base", "platform", "schema", "store", "executor", "pool", "pipeline", "metadata"}},
      {"server", {"base", "platform", "schema", "store", "batch"}},
  };
  return below;
}

bool is_test(const fs::path& file) {
  const std::string stem = file.stem().string();
  return stem.ends_with("_test") || stem.ends_with("_bench") || stem.ends_with("_fuzz");
}

TEST(Layering, IncludesGoDownOnly) {
  const fs::path source = fs::path(IMGMILL_SOURCE_DIR) / "src";
  const std::regex include("^#include \"([a-z_]+)/[a-z0-9_]+\\.h\"");
  int arrows = 0;
  for (const auto& entry : fs::recursive_directory_iterator(source)) {
    const fs::path& file = entry.path();
    if ((file.extension() != ".cc" && file.extension() != ".h") || is_test(file)) continue;
    const std::string part = file.parent_path().filename().string();
    ASSERT_TRUE(allowed().contains(part)) << "a part nobody has placed: " << part;
    std::ifstream text(file);
    for (std::string line; std::getline(text, line);) {
      std::smatch match;
      if (!std::regex_search(line, match, include)) continue;
      const std::string target = match[1];
      if (target == part || target == "imgmill") continue;
      ++arrows;
      EXPECT_TRUE(allowed().at(part).contains(target))
          << file.lexically_relative(source) << " includes " << target
          << ", which does not lie below " << part;
    }
  }
  EXPECT_GT(arrows, 20) << "the test reads the wrong folder";
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
