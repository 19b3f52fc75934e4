// Checks the project's own documents: links between them must lead somewhere.
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <vector>

namespace {

namespace fs = std::filesystem;

const fs::path root = IMGMILL_SOURCE_DIR;

std::vector<fs::path> documents() {
  std::vector<fs::path> found;
  for (const fs::path& folder : {root, root / "docs", root / "docs/adr", root / "examples"}) {
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (entry.path().extension() == ".md") found.push_back(entry.path());
    }
  }
  return found;
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

/// The anchors of a document's headings, formed as GitHub does for plain ASCII.
std::vector<std::string> anchors_of(const std::string& text) {
  static const std::regex heading("(?:^|\n)#+ +([^\n]+)");
  std::vector<std::string> anchors;
  for (std::sregex_iterator match(text.begin(), text.end(), heading), end; match != end; ++match) {
    std::string anchor;
    for (const char c : (*match)[1].str()) {
      const auto byte = static_cast<unsigned char>(c);
      if (std::isalnum(byte) || c == '-' || c == '_') {
        anchor += static_cast<char>(std::tolower(byte));
      } else if (c == ' ') {
        anchor += '-';
      }
    }
    anchors.push_back(anchor);
  }
  return anchors;
}

TEST(Documents, LinksLeadSomewhere) {
  static const std::regex link(R"(\]\(([^)# ]*)(#[^) ]+)?\))");
  std::size_t links = 0;
  for (const fs::path& document : documents()) {
    const std::string text = text_of(document);
    for (std::sregex_iterator match(text.begin(), text.end(), link), end; match != end; ++match) {
      const std::string target = (*match)[1];
      if (target.contains("://") || target.starts_with("mailto:")) continue;
      ++links;
      const fs::path file = target.empty() ? document : document.parent_path() / target;
      EXPECT_TRUE(fs::exists(file)) << document << " links to " << target;
      const std::string anchor = (*match)[2];
      if (anchor.empty() || file.extension() != ".md" || !fs::exists(file)) continue;
      const std::vector<std::string> anchors = anchors_of(text_of(file));
      EXPECT_NE(std::ranges::find(anchors, anchor.substr(1)), anchors.end())
          << document << " links to " << target << anchor;
    }
  }
  EXPECT_GT(links, 50U);
}

}  // namespace
