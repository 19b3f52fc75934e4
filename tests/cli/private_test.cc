// Private data that should be removed but cannot be is reported prominently.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using namespace std::string_literals;
using ::testing::HasSubstr;
using ::testing::Not;

// A JPEG with a location: an EXIF block with a GPS directory of one field, the latitude's
// reference.
std::string located_jpeg() {
  const std::string tiff =
      "II*\0\x08\0\0\0"s
      "\x01\0"
      "\x25\x88\x04\0\x01\0\0\0\x1A\0\0\0"
      "\0\0\0\0"s
      "\x01\0"
      "\x01\0\x02\0\x02\0\0\0N\0\0\0"
      "\0\0\0\0"s;
  const std::string payload = "Exif\0\0"s + tiff;
  const std::size_t size = payload.size() + 2;
  const std::string file = jpeg_file(80, 60);
  return file.substr(0, 2) + "\xFF\xE1"s + static_cast<char>(size >> 8) +
         static_cast<char>(size & 0xFF) + payload + file.substr(2);
}

// The JPEG inside a JPEG XL file, from which it can be restored including the position.
class Private : public testing::Test {
 protected:
  Private() {
    folder.write("in/a.jpg", located_jpeg());
    const Outcome made = imgmill(
        folder, {"optimize", "in", "-o", "packed", "-f", "jxl", "--lossless", "--keep", "all"});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_THAT(made.err, Not(HasSubstr("still hold")));
  }
  Folder folder;
};

TEST_F(Private, WhatCannotBeTakenOutIsInTheSummaryAndTheStatus) {
  const Outcome run = imgmill(folder, {"optimize", "packed", "-o", "out", "--report", "r.json"});
  EXPECT_EQ(run.status, 1);
  EXPECT_THAT(run.err, HasSubstr("1 file still holds a position"));
  const auto report = nlohmann::json::parse(folder.read("r.json"));
  EXPECT_EQ(report["summary"]["private_left"]["position"], 1);
  EXPECT_EQ(report["results"][0]["private_left"], nlohmann::json::array({"position"}));
  // A cached result reports it, too.
  const Outcome again = imgmill(folder, {"optimize", "packed", "-o", "out2"});
  EXPECT_EQ(again.status, 1);
  EXPECT_THAT(again.err, HasSubstr("1 file still holds a position"));
}

TEST_F(Private, CheckFindsIt) {
  const Outcome run = imgmill(folder, {"optimize", "packed", "--check"});
  EXPECT_EQ(run.status, 3) << run.err;
  EXPECT_THAT(run.out, HasSubstr("a.jxl"));
}

TEST_F(Private, WhoKeepsItIsNotTold) {
  const Outcome run = imgmill(folder, {"optimize", "packed", "-o", "out", "--keep", "all"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("still hold")));
}

TEST_F(Private, WhereItGoesNothingIsSaid) {
  const Outcome run = imgmill(folder, {"optimize", "in", "-o", "out"});
  EXPECT_EQ(run.status, 0) << run.err;
  EXPECT_THAT(run.err, Not(HasSubstr("still hold")));
  EXPECT_EQ(folder.read("out/a.jpg").find("Exif"), std::string::npos);
}

}  // namespace
}  // namespace imgmill::test
