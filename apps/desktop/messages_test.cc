#include "messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/scratch_folder.h"

namespace imgmill::desktop {
namespace {

using ::testing::ElementsAre;

TEST(PageMessages, AreTakenAsTheyAreMeant) {
  EXPECT_TRUE(std::holds_alternative<Ready>(*parse_page_message(R"({"kind":"ready"})")));
  const auto choose =
      parse_page_message(R"({"kind":"choose-folder","title":"Ordner","start":"/home/me"})");
  ASSERT_TRUE(choose);
  EXPECT_EQ(std::get<ChooseFolder>(*choose).title, "Ordner");
  EXPECT_EQ(std::get<ChooseFolder>(*choose).start, "/home/me");
  EXPECT_EQ(std::get<Progress>(*parse_page_message(R"({"kind":"progress","part":0.5})")).part, 0.5);
  EXPECT_EQ(std::get<Progress>(*parse_page_message(R"({"kind":"progress","part":null})")).part,
            std::nullopt);
  const auto ended = parse_page_message(R"({"kind":"ended","title":"photos","body":"40 %"})");
  ASSERT_TRUE(ended);
  EXPECT_EQ(std::get<Ended>(*ended).body, "40 %");
}

TEST(PageMessages, ANameForADownloadLeadsNowhereElse) {
  const auto name = [](const std::string& text) {
    return std::get<SaveAs>(*parse_page_message(R"({"kind":"save-as","name":")" + text + R"("})"))
        .name;
  };
  EXPECT_EQ(name("photos.zip"), "photos.zip");
  EXPECT_EQ(name("../../.bashrc"), ".._.._.bashrc");
  EXPECT_EQ(name(".."), "_");
}

TEST(PageMessages, NothingElseIsTaken) {
  const std::string long_text(600, 'x');
  for (const std::string& text :
       std::vector<std::string>{"",
                                "null",
                                "[]",
                                "7",
                                "{}",
                                "{\"kind\":1}",
                                R"({"kind":"other"})",
                                R"({"kind":"ready","more":1})",
                                R"({"kind":"choose-folder"})",
                                R"({"kind":"choose-folder","title":1})",
                                R"({"kind":"choose-folder","title":"t","start":"relative"})",
                                R"({"kind":"choose-folder","title":"t","more":"/"})",
                                R"({"kind":"choose-folder","title":"a\nb"})",
                                R"({"kind":"choose-folder","title":")" + long_text + "\"}",
                                R"({"kind":"save-as"})",
                                R"({"kind":"save-as","name":""})",
                                R"({"kind":"save-as","name":"a","path":"/etc"})",
                                R"({"kind":"progress"})",
                                R"({"kind":"progress","part":"1"})",
                                R"({"kind":"progress","part":-0.1})",
                                R"({"kind":"progress","part":1.1})",
                                R"({"kind":"ended","title":"a"})",
                                R"({"kind":"allow","path":"/etc"})",
                                std::string(40000, ' ') + R"({"kind":"ready"})"}) {
    EXPECT_FALSE(parse_page_message(text)) << text.substr(0, 80);
  }
}

TEST(Opened, FilesOfAFolderAreOnePlace) {
  const test::ScratchFolder folder;
  folder.write("album/a.png", "a");
  folder.write("album/b.png", "b");
  folder.write("other/c.png", "c");
  const std::string at = folder.path().native();
  EXPECT_EQ(opened_event({folder / "album/a.png", folder / "other", folder / "album/b.png",
                          folder / "other/c.png"}),
            R"({"kind":"opened","places":[{"files":["a.png","b.png"],"path":")" + at +
                R"(/album"},{"path":")" + at + R"(/other"},{"files":["c.png"],"path":")" + at +
                R"(/other"}]})");
}

TEST(EngineLines, OnlyAnAddressOnThisMachineIsOne) {
  const auto address =
      parse_address(R"({"url":"http://127.0.0.1:7340/#token=abc","token":"abc","port":7340})");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->origin, "http://127.0.0.1:7340");
  EXPECT_EQ(address->url, "http://127.0.0.1:7340/#token=abc");
  for (const char* line :
       {"", "hello", "{}", R"({"url":"http://127.0.0.1:7340/#token=abc"})",
        R"({"url":"https://example.org/#token=abc","port":7340})",
        R"({"url":"http://127.0.0.1:73401/#token=abc","port":7340})",
        R"({"url":"http://127.0.0.1:7340@example.org/#token=abc","port":7340})"}) {
    EXPECT_FALSE(parse_address(line)) << line;
  }
}

TEST(EngineLines, AnswersTellWhatIsAllowedAndWhyTheRestIsNot) {
  EXPECT_EQ(allow_command(3, {"/a b"}), "{\"allow\":[\"/a b\"],\"id\":3}\n");
  const auto answer = parse_allow_answer(
      R"({"id":3,"allowed":["/a"],"refused":[{"path":"/b","message":"gone","advice":"look"}]})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, 3U);
  EXPECT_THAT(answer->allowed, ElementsAre("/a"));
  EXPECT_EQ(answer->refusal, "gone; look");
  for (const char* line : {"", "[]", R"({"id":null,"error":{}})", R"({"id":1,"allowed":[1]})",
                           R"({"id":1,"allowed":[1],"refused":[]})"}) {
    EXPECT_FALSE(parse_allow_answer(line)) << line;
  }
}

TEST(Origins, AreMoreThanABeginning) {
  const std::string origin = "http://127.0.0.1:734";
  EXPECT_TRUE(is_of("http://127.0.0.1:734/#/jobs/1", origin));
  EXPECT_TRUE(is_of("http://127.0.0.1:734", origin));
  for (const char* address :
       {"http://127.0.0.1:7340/", "http://127.0.0.1:734@example.org/", "https://127.0.0.1:734/",
        "http://localhost:734/", "about:blank", "", "file:///etc/passwd"}) {
    EXPECT_FALSE(is_of(address, origin)) << address;
  }
  EXPECT_FALSE(is_of("http://127.0.0.1:734/", ""));
}

}  // namespace
}  // namespace imgmill::desktop
