#include "server/http/multipart.h"

#include <gtest/gtest.h>

#include <vector>

#include "base/try.h"

namespace imgmill::server {
namespace {

struct Got {
  std::string name;
  std::string filename = "(none)";
  std::string bytes;
  bool ended = false;
};

/// Parses `text` in pieces of `step` bytes.
std::optional<std::vector<Got>> parsed(const std::string& text, std::size_t step) {
  std::vector<Got> parts;
  MultipartParser parser("b0und", {.begin = [&](const PartHead& head) -> Result<void> {
                                     parts.push_back({head.name, head.filename.value_or("(none)")});
                                     return {};
                                   },
                                   .data = [&](ByteView bytes) -> Result<void> {
                                     parts.back().bytes += as_text(bytes);
                                     return {};
                                   },
                                   .end = [&]() -> Result<void> {
                                     parts.back().ended = true;
                                     return {};
                                   }});
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (!parser.feed(std::string_view(text).substr(at, step))) return std::nullopt;
  }
  if (!parser.finish()) return std::nullopt;
  return parts;
}

std::string part(const std::string& disposition, const std::string& bytes) {
  return "--b0und\r\nContent-Disposition: " + disposition + "\r\n\r\n" + bytes + "\r\n";
}

TEST(Multipart, PartsComeOutWhateverThePieces) {
  const std::string tricky = "\r\n--b0un\r\n--b0und!\r--\r\n";
  // The next test covers lines that only look like a boundary.
  const std::string bytes = "\r\n--b0un\r\n--\r\n\r" + std::string("\0\xff", 2);
  const std::string text =
      "preamble\r\n" + part("form-data; name=\"a\"; filename=\"x/y.png\"", bytes) +
      part("form-data; name=note", "just a field") +
      part("Form-Data;filename=\"q%22uo\\\"te.jpg\" ; name=\"b\"", "") + "--b0und--\r\nepilogue";
  for (std::size_t step = 1; step <= text.size(); ++step) {
    const auto parts = parsed(text, step);
    ASSERT_TRUE(parts) << step;
    ASSERT_EQ(parts->size(), 3U) << step;
    EXPECT_EQ((*parts)[0].name, "a");
    EXPECT_EQ((*parts)[0].filename, "x/y.png");
    EXPECT_EQ((*parts)[0].bytes, bytes) << step;
    EXPECT_EQ((*parts)[1].name, "note");
    EXPECT_EQ((*parts)[1].filename, "(none)");
    EXPECT_EQ((*parts)[1].bytes, "just a field");
    EXPECT_EQ((*parts)[2].filename, "q\"uo\"te.jpg");
    EXPECT_EQ((*parts)[2].bytes, "");
    EXPECT_TRUE((*parts)[2].ended);
  }
  EXPECT_FALSE(parsed(part("form-data; name=a", tricky) + "--b0und--", 1000));
}

TEST(Multipart, WhatIsNoneIsRefused) {
  const std::string good = part("form-data; name=a", "x") + "--b0und--";
  ASSERT_TRUE(parsed(good, 7));
  for (std::size_t cut = 0; cut + 1 < good.size(); ++cut) {
    EXPECT_FALSE(parsed(good.substr(0, cut), 5)) << cut;
  }
  EXPECT_FALSE(parsed(part("attachment; name=a", "x") + "--b0und--", 9));
  EXPECT_FALSE(parsed(part("form-data; name=\"a", "x") + "--b0und--", 9));
  EXPECT_FALSE(parsed("--b0und\r\nX: y\r\n\r\nx\r\n--b0und--", 9));
  EXPECT_FALSE(parsed("--b0und\r\n\r\n\r\nx\r\n--b0und--", 9));
  EXPECT_FALSE(parsed("--b0und\r\nX: " + std::string(9000, 'y'), 100));
  EXPECT_FALSE(parsed("--b0und" + std::string(9000, ' '), 100));
}

TEST(Multipart, MutationsNeverCrash) {
  const std::string good =
      part("form-data; name=\"a\"; filename=\"f\"", "some bytes") + "--b0und--\r\n";
  int sound = 0;
  for (std::size_t at = 0; at < good.size(); ++at) {
    for (const char c : {'\0', '\r', '\n', '-', '"', ';', '\xff'}) {
      std::string bad = good;
      bad[at] = c;
      if (parsed(bad, 3)) ++sound;
    }
  }
  EXPECT_GT(sound, 0);  // changes within the data are harmless
}

TEST(Multipart, BoundariesAreRead) {
  EXPECT_EQ(boundary_of("multipart/form-data; boundary=abc"), "abc");
  EXPECT_EQ(boundary_of("Multipart/Form-Data; charset=x; BOUNDARY=\"a b\""), "a b");
  for (const char* type : {"", "multipart/mixed; boundary=abc", "multipart/form-data",
                           "multipart/form-data; boundary=", "multipart/form-data; boundary=\"a"}) {
    EXPECT_EQ(boundary_of(type), std::nullopt) << type;
  }
}

}  // namespace
}  // namespace imgmill::server
