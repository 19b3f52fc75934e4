// Scores many pairs of pictures quickly, for benchmarks that compare encoders.
//
//   score_pairs < LINES
//
// A line is ORIGINAL<tab>OTHER[<tab>OTHER...]: each original is decoded and prepared once.
// Prints the scores of each line, separated by tabs, in the order of the lines; "-" for a picture
// that cannot be scored, with the reason on standard error.
#include <fmt/format.h>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "codecs/codec.h"
#include "codecs/engine.h"
#include "imgmill/optimize.h"
#include "platform/cpu.h"
#include "platform/file.h"
#include "quality/judge.h"
#include "transform/transform.h"

namespace {

using namespace imgmill;

// Returns the upright picture in memory, as a viewer shows it. Does not refer to the bytes.
Result<Picture> shown(const std::string& path) {
  IMGMILL_TRY(const FileContents file, read_file(path, std::uint64_t{1} << 30));
  IMGMILL_TRY(const ImageInfo info, inspect(file.bytes.view()));
  const Codec& codec = imgmill::codec(info.format);
  IMGMILL_TRY(Picture picture, codec.decode(file.bytes.view(), info, {}));
  IMGMILL_TRY(picture, turned_upright(std::move(picture), info.orientation));
  return with_engine(ErrorCode::bad_input, "it cannot be decoded", [&] {
    picture.image = picture.image.copy_memory();
    return picture;
  });
}

std::vector<std::string> parts_of(const std::string& line) {
  std::vector<std::string> parts(1);
  for (const char c : line) {
    if (c == '\t') {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

Result<double> score_of(Judge& judge, const std::string& path) {
  IMGMILL_TRY(const Picture picture, shown(path));
  IMGMILL_TRY(const Similarity similarity, judge.score(picture));
  return similarity.score;
}

std::string scores_of(const std::string& line) {
  const std::vector<std::string> paths = parts_of(line);
  const auto failed = [](const std::string& path, const Error& error) {
    fmt::print(stderr, "{}: {}\n", path, error.describe());
    return std::string("-");
  };
  const Result<Picture> original = shown(paths.front());
  Result<Judge> judge =
      original ? Judge::create(*original) : Result<Judge>(std::unexpected(original.error()));
  std::string text;
  for (std::size_t i = 1; i < paths.size(); ++i) {
    if (i > 1) text += '\t';
    if (!judge) {
      text += failed(paths.front(), judge.error());
      continue;
    }
    const Result<double> score = score_of(*judge, paths[i]);
    text += score ? fmt::format("{:.4f}", *score) : failed(paths[i], score.error());
  }
  return text;
}

}  // namespace

int main() {
  std::vector<std::string> lines;
  for (std::string line; std::getline(std::cin, line);) lines.push_back(line);
  std::vector<std::string> scores(lines.size());
  start_engine();
  std::atomic<std::size_t> next{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < core_budget().cores; ++i) {
      threads.emplace_back([&] {
        for (std::size_t at = next++; at < lines.size(); at = next++) {
          scores[at] = scores_of(lines[at]);
        }
      });
    }
  }
  for (const std::string& line : scores) fmt::print("{}\n", line);
}
