#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;

/// The texts of the status line, one per redraw.
std::vector<std::string> drawn(const std::string& shown) {
  std::vector<std::string> lines;
  std::size_t at = 0;
  while ((at = shown.find('\r', at)) != std::string::npos) {
    const std::size_t end = shown.find("\x1b[K", ++at);
    if (end == std::string::npos) break;
    const std::string line = shown.substr(at, end - at);
    if (!line.empty() && line.find('\n') == std::string::npos) lines.push_back(line);
  }
  return lines;
}

class ProgressBar : public ::testing::TestWithParam<unsigned short> {};

TEST_P(ProgressBar, StaysWithinTheTerminal) {
  const Folder folder;
  // Each with different bytes: identical files are processed once.
  for (int i = 0; i < 30; ++i) {
    folder.write("in/a_rather_long_name_of_a_photograph_" + std::to_string(i) + ".jpg",
                 jpeg_file(900, 700, 95, i));
  }
  folder.write("in/z.jpg", "broken");
  const auto outcome =
      imgmill_on_terminal(folder, {"optimize", "in", "-o", "out", "-j", "2"}, GetParam());
  EXPECT_EQ(outcome.status, 1) << outcome.shown;
  const auto lines = drawn(outcome.shown);
  ASSERT_GE(lines.size(), 2U) << outcome.shown;
  for (const std::string& line : lines) EXPECT_LE(line.size(), GetParam()) << line;
  EXPECT_THAT(lines.back(), HasSubstr("/31"));
  // The failure is on its own line, and the summary at the end.
  EXPECT_THAT(outcome.shown, HasSubstr("failed:\x1b[0m in/z.jpg"));
  EXPECT_THAT(outcome.shown, HasSubstr("30 images: "));
}

INSTANTIATE_TEST_SUITE_P(Widths, ProgressBar, ::testing::Values(80, 30));

TEST(Terminal, AnImageIsNotPrintedOnIt) {
  const Folder folder;
  const auto outcome = imgmill_on_terminal(folder, {"optimize", "-"}, 80);
  EXPECT_EQ(outcome.status, 2) << outcome.shown;
  EXPECT_THAT(outcome.shown, HasSubstr("-o FILE"));
}

}  // namespace
}  // namespace imgmill::test
