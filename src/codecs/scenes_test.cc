#include "codecs/scenes.h"

#include <gtest/gtest.h>

#include <array>

#include "codecs/gif.h"
#include "support/animations.h"

namespace imgmill {
namespace {

using namespace test;

Picture picture_of(const Movie& movie) {
  static std::vector<Bytes> files;  // pictures refer to their bytes
  files.push_back(make_gif(movie));
  return *GifCodec::decode(files.back(), *GifCodec::probe(files.back()), {});
}

Movie movie_with(const std::vector<int>& pictures, int delay) {
  const Movie known = movie(40, 30, 5);
  Movie out;
  for (const int index : pictures) {
    out.frames.push_back(known.frames[static_cast<std::size_t>(index)]);
    out.delays.push_back(delay);
  }
  return out;
}

TEST(Scenes, NeighboursThatShowTheSameAreOne) {
  const auto line = time_line(picture_of(movie_with({0, 0, 1, 1, 1, 0, 2, 2}, 250)));
  ASSERT_TRUE(line);
  ASSERT_EQ(line->scenes.size(), 4U);
  std::vector<std::array<std::int64_t, 3>> found;
  for (const Scene& scene : line->scenes) found.push_back({scene.frame, scene.begin, scene.end});
  EXPECT_EQ(found, (std::vector<std::array<std::int64_t, 3>>{
                       {0, 0, 500}, {2, 500, 1250}, {5, 1250, 1500}, {6, 1500, 2000}}));
  EXPECT_EQ(line->plays, 0);
  EXPECT_EQ(line->length(), 2000);
  for (const auto& [time, frame] : {std::pair(0, 0), {499, 0}, {500, 2}, {1999, 6}, {9999, 6}}) {
    EXPECT_EQ(line->at(time).frame, static_cast<std::uint32_t>(frame)) << time;
  }
}

TEST(Scenes, AStillPictureIsOne) {
  const auto line = time_line(picture_of(movie_with({3}, 40)));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->scenes.size(), 1U);
  EXPECT_EQ(line->plays, 1);
}

// Pages have no times and are never merged, however similar.
TEST(Scenes, PagesAreNotMerged) {
  Picture pages = picture_of(movie_with({0, 0, 1}, 100));
  pages.image = pages.image.copy();
  pages.image.remove("delay");
  EXPECT_FALSE(moves(pages));
  const auto line = time_line(pages);
  ASSERT_TRUE(line);
  EXPECT_EQ(line->scenes.size(), 3U);
}

TEST(Scenes, HiddenColoursDoNotCount) {
  const Movie shown = movie_with({0, 0}, 100);
  Picture picture = picture_of(shown);
  const int height = picture.image.height() / 2;
  const vips::VImage clear =
      vips::VImage::black(40, height, vips::VImage::option()->set("bands", 1));
  const auto with_alpha = [&](int red) {
    return vips::VImage::black(40, height, vips::VImage::option()->set("bands", 3))
        .linear(1.0, red)
        .cast(VIPS_FORMAT_UCHAR)
        .bandjoin(clear)
        .copy(vips::VImage::option()->set("interpretation", VIPS_INTERPRETATION_sRGB));
  };
  vips::VImage both = with_alpha(10).join(with_alpha(200), VIPS_DIRECTION_VERTICAL).copy();
  both.set("delay", std::vector{100, 100});
  EXPECT_EQ(time_line({.image = both, .frames = 2})->scenes.size(), 1U);
}

}  // namespace
}  // namespace imgmill
