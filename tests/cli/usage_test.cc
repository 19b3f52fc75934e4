#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::set<std::string> options_in(const std::string& help) {
  static const std::regex option("--[a-z0-9-]+");
  std::set<std::string> names;
  for (std::sregex_iterator i(help.begin(), help.end(), option), end; i != end; ++i) {
    names.insert(i->str());
  }
  return names;
}

TEST(Usage, WithoutACommandShowsHelpAndFails) {
  const Folder folder;
  const Outcome outcome = imgmill(folder, {});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.out, IsEmpty());
  EXPECT_THAT(outcome.err, HasSubstr("optimize"));
}

TEST(Usage, HelpAndVersionAreData) {
  const Folder folder;
  for (const std::vector<std::string>& words : {std::vector<std::string>{"--help"},
                                                {"optimize", "--help"},
                                                {"batch", "-h"},
                                                {"inspect", "--help"},
                                                {"doctor", "-h"}}) {
    const Outcome outcome = imgmill(folder, words);
    EXPECT_EQ(outcome.status, 0);
    EXPECT_THAT(outcome.out, HasSubstr("Examples:"));
    EXPECT_THAT(outcome.err, IsEmpty());
  }
  const Outcome version = imgmill(folder, {"--version"});
  EXPECT_EQ(version.status, 0);
  EXPECT_TRUE(std::regex_match(
      version.out, std::regex("imgmill \\d+\\.\\d+\\.\\d+ \\(libvips \\d+\\.\\d+\\.\\d+\\)\n")))
      << version.out;
}

TEST(Usage, WrongFlagsEndWithTwoAndSayWhatToWrite) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(20, 20));
  const auto refused = [&](const std::vector<std::string>& words) {
    const Outcome outcome = imgmill(folder, words);
    EXPECT_EQ(outcome.status, 2) << outcome.err;
    EXPECT_THAT(outcome.out, IsEmpty());
    EXPECT_THAT(outcome.err, HasSubstr("--help"));
    return outcome.err;
  };
  EXPECT_THAT(refused({"optimize", "a.jpg", "-o", "b", "--qualty", "3"}),
              HasSubstr("did you mean --quality?"));
  EXPECT_THAT(refused({"optimize", "a.jpg"}), HasSubstr("--in-place"));
  EXPECT_THAT(refused({"optimize", "a.jpg", "-o", "b", "-q", "101"}), HasSubstr("1 to 100"));
  EXPECT_THAT(refused({"optimize", "a.jpg", "-", "-o", "b"}), HasSubstr("standard input"));
  EXPECT_THAT(refused({"optimise", "a.jpg"}), HasSubstr("did you mean imgmill optimize?"));
  EXPECT_FALSE(folder.has("b"));
}

TEST(Usage, TheManualPageHasEveryOptionThatHelpHas) {
  const Folder folder;
  std::string page = imgmill(folder, {"man"}).out;
  page = std::regex_replace(page, std::regex(R"(\\-)"), "-");
  for (const char* command : {"optimize", "batch", "inspect", "doctor"}) {
    const auto options = options_in(imgmill(folder, {command, "--help"}).out);
    EXPECT_GE(options.size(), 2U);
    for (const std::string& option : options) EXPECT_THAT(page, HasSubstr(option)) << command;
  }
  for (const char* section : {".SH NAME", ".SH SYNOPSIS", ".SH EXIT STATUS", ".SH EXAMPLES"}) {
    EXPECT_THAT(page, HasSubstr(section));
  }
}

TEST(Usage, CompletionsLoadWhereTheShellIsThere) {
  const Folder folder;
  for (const std::string shell : {"bash", "zsh", "fish"}) {
    const Outcome outcome = imgmill(folder, {"completions", shell});
    EXPECT_EQ(outcome.status, 0);
    folder.write(shell, outcome.out);
    if (std::system(("command -v " + shell + " >/dev/null 2>&1").c_str()) != 0) continue;
    EXPECT_EQ(std::system((shell + " -n " + (folder / shell).string()).c_str()), 0) << shell;
  }
  // The completions that bash offers after "imgmill optimize --eff" and "--effort ".
  const std::string script = "source '" + (folder / "bash").string() +
                             "'; COMP_WORDS=(imgmill optimize --eff); COMP_CWORD=2; _imgmill; "
                             "echo \"${COMPREPLY[*]}\"; COMP_WORDS=(imgmill optimize --effort f); "
                             "COMP_CWORD=3; _imgmill; echo \"${COMPREPLY[*]}\"";
  folder.write("try.sh", script);
  const std::string command =
      "bash '" + (folder / "try.sh").string() + "' > '" + (folder / "offered").string() + "'";
  ASSERT_EQ(std::system(command.c_str()), 0);
  EXPECT_EQ(folder.read("offered"), "--effort\nfast\n");
}

TEST(Inspect, TellsPeopleAndPrograms) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(120, 80, 90));
  folder.write("b.jpg", "broken");
  const Outcome text = imgmill(folder, {"inspect", "a.jpg"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("120 x 80"));
  const Outcome json = imgmill(folder, {"inspect", "--json", "a.jpg"});
  const auto object = nlohmann::json::parse(json.out);
  EXPECT_EQ(object["format"], "jpeg");
  EXPECT_EQ(object["width"], 120);
  EXPECT_NEAR(object["quality"].get<int>(), 90, 2);
  const Outcome both = imgmill(folder, {"inspect", "b.jpg", "a.jpg"});
  EXPECT_EQ(both.status, 1);
  EXPECT_THAT(both.out, HasSubstr("120 x 80"));
  EXPECT_THAT(both.err, HasSubstr("failed: b.jpg"));
  EXPECT_EQ(imgmill(folder, {"inspect", "-"}, jpeg_file(10, 10)).status, 0);
}

TEST(Placeholder, TellsPeopleAndPrograms) {
  const Folder folder;
  folder.write("a.jpg", jpeg_file(120, 80, 90));
  folder.write("b.jpg", "broken");
  const Outcome text = imgmill(folder, {"placeholder", "a.jpg"});
  EXPECT_EQ(text.status, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("120 x 80"));
  EXPECT_THAT(text.out, HasSubstr("data:image/webp;base64,"));
  const Outcome both = imgmill(folder, {"placeholder", "--json", "b.jpg", "a.jpg"});
  EXPECT_EQ(both.status, 1);
  EXPECT_THAT(both.err, HasSubstr("failed: b.jpg"));
  const std::size_t end = both.out.find('\n');
  ASSERT_NE(end, std::string::npos);
  EXPECT_TRUE(nlohmann::json::parse(both.out.substr(0, end)).contains("error"));
  const auto object = nlohmann::json::parse(both.out.substr(end + 1));
  EXPECT_EQ(object["path"], "a.jpg");
  EXPECT_EQ(object["width"], 120);
  EXPECT_LE(object["data_uri"].get<std::string>().size(), 300U);
  EXPECT_FALSE(object["palette"].empty());
  EXPECT_EQ(imgmill(folder, {"placeholder", "-"}, jpeg_file(10, 10)).status, 0);
  EXPECT_EQ(imgmill(folder, {"placeholder"}).status, 2);
}

TEST(Doctor, TellsPeopleAndPrograms) {
  const Folder folder;
  const Outcome text = imgmill(folder, {"doctor"});
  EXPECT_EQ(text.status, 0);
  EXPECT_THAT(text.out, HasSubstr("avif"));
  const auto object = nlohmann::json::parse(imgmill(folder, {"doctor", "--json"}).out);
  EXPECT_EQ(object["formats"].size(), 10U);
  EXPECT_GE(object["cores"]["used"], 1);
}

TEST(Doctor, TellsOfEveryLayerOfTheSandbox) {
  const Folder folder;
  const std::string text = imgmill(folder, {"doctor"}).out;
  const auto object = nlohmann::json::parse(imgmill(folder, {"doctor", "--json"}).out);
  ASSERT_EQ(object["sandbox"].size(), 8U);
  for (const auto& layer : object["sandbox"]) {
    const std::string name = layer["layer"];
    const std::string state = layer["state"];
    const std::string reason = layer["reason"];
    EXPECT_TRUE(state == "on" || (state == "unavailable" && !reason.empty())) << layer;
    EXPECT_THAT(text, ::testing::ContainsRegex("  " + name + " +" + state));
  }
}

}  // namespace
}  // namespace imgmill::test
