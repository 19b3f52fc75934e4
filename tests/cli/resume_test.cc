// A batch that is killed at any moment and resumed gives the same result.
#include <gtest/gtest.h>
#include <signal.h>

#include <chrono>
#include <map>
#include <random>
#include <thread>

#include "pictures.h"
#include "program.h"

namespace imgmill::test {
namespace {

using Tree = std::map<std::string, std::string>;  ///< bytes by relative path

constexpr int pictures = 24;

/// The same pictures below every name.
void fill(const Folder& folder, const std::string& name) {
  static const Tree made = [] {
    Tree tree;
    for (int i = 0; i < pictures; ++i) {
      const std::string place = (i % 3 == 0   ? "a/"
                                 : i % 3 == 1 ? "b/deep/"
                                              : "") +
                                std::to_string(i);
      tree.emplace(place + (i % 2 == 0 ? ".jpg" : ".png"),
                   i % 2 == 0 ? jpeg_file(72, 60, 96, i) : png_file(64, 48, i));
    }
    return tree;
  }();
  for (const auto& [file, bytes] : made) folder.write(name + "/" + file, bytes);
}

Tree tree(const Folder& folder, const std::string& name) {
  Tree result;
  for (const std::string& file : folder.files(name)) {
    if (file != ".imgmill-backup") result.emplace(file, folder.read(name + "/" + file));
  }
  return result;
}

/// One kind of batch, with separate files for each round.
struct Variant {
  const char* name;
  std::vector<std::string> options;
  bool in_place = false;
  bool backup = false;
  bool cache = false;
};

const std::vector<Variant> variants = {
    {"converting", {"-f", "webp", "-q", "80"}},
    {"in place", {"-q", "60"}, true},
    {"converting with a cache", {"-q", "70", "--resize", "50%"}, false, false, true},
    {"in place with backups", {"-q", "60", "--resize", "50%"}, true, true},
    {"in place with a cache", {"-q", "60"}, true, false, true},
};

class Round {
 public:
  Round(const Folder& folder, const Variant& variant, const std::string& number)
      : folder_(folder),
        variant_(variant),
        in_("in" + number),
        out_(variant.in_place ? in_ : "out" + number),
        backup_("backup" + number) {
    fill(folder, in_);
    words_ = {"optimize", in_, "--isolation", "thread", "--quiet"};
    words_.insert(words_.end(), variant.options.begin(), variant.options.end());
    words_.insert(words_.end(), {"--cache", variant.cache ? "cache" + number : "off"});
    if (!variant.in_place) words_.insert(words_.end(), {"-o", out_});
    if (variant.in_place) words_.push_back("--in-place");
    if (variant.backup) words_.insert(words_.end(), {"--backup", backup_});
  }

  [[nodiscard]] std::vector<std::string> words(bool resume) const {
    std::vector<std::string> words = words_;
    if (resume) words.push_back("--resume");
    return words;
  }
  [[nodiscard]] Tree outputs() const { return tree(folder_, out_); }
  /// Without the name of the round.
  [[nodiscard]] Tree backups() const {
    return variant_.backup ? tree(folder_, backup_ + "/" + in_) : Tree();
  }

 private:
  const Folder& folder_;
  const Variant& variant_;
  std::string in_;
  std::string out_;
  std::string backup_;
  std::vector<std::string> words_;
};

void expect_same(const Tree& found, const Tree& wanted, const std::string& what) {
  for (const auto& [file, bytes] : wanted) {
    const auto there = found.find(file);
    ASSERT_NE(there, found.end()) << what << ": " << file << " is missing";
    ASSERT_EQ(there->second.size(), bytes.size()) << what << ": " << file << " has another size";
    ASSERT_TRUE(there->second == bytes) << what << ": " << file << " has other bytes";
  }
  for (const auto& [file, bytes] : found) {
    ASSERT_TRUE(wanted.contains(file)) << what << ": " << file << " is too many";
  }
}

TEST(Resume, AfterBeingKilledAtRandomMomentsTheEndIsTheSame) {
  constexpr int moments = 50;
  const unsigned seed = std::random_device{}();
  std::mt19937 random(seed);
  const Folder folder;
  struct Undisturbed {
    Tree outputs;
    Tree backups;
    std::chrono::microseconds duration;
  };
  std::vector<Undisturbed> undisturbed;
  for (const Variant& variant : variants) {
    const Round round(folder, variant, "0" + std::to_string(undisturbed.size()));
    const auto start = std::chrono::steady_clock::now();
    const Outcome outcome = imgmill(folder, round.words(false));
    ASSERT_EQ(outcome.status, 0) << outcome.err;
    undisturbed.push_back({round.outputs(), round.backups(),
                           std::chrono::duration_cast<std::chrono::microseconds>(
                               std::chrono::steady_clock::now() - start)});
    ASSERT_EQ(undisturbed.back().outputs.size(), pictures);
  }
  int cut_short = 0;
  for (int i = 0; i < moments; ++i) {
    const std::size_t which = static_cast<std::size_t>(i) % variants.size();
    const Variant& variant = variants[which];
    const Undisturbed& wanted = undisturbed[which];
    const auto after = std::chrono::microseconds(
        std::uniform_int_distribution<std::int64_t>(0, wanted.duration.count())(random));
    const std::string what = std::string(variant.name) + ", killed after " +
                             std::to_string(after.count()) + " us, seed " + std::to_string(seed) +
                             ", round " + std::to_string(i);
    const Round round(folder, variant, std::to_string(i + 1));
    {
      Running running(folder, round.words(false));
      std::this_thread::sleep_for(after);
      running.signal(SIGKILL);
      if (running.finish().status == 128 + SIGKILL) ++cut_short;
    }
    const Outcome resumed = imgmill(folder, round.words(true));
    ASSERT_EQ(resumed.status, 0) << what << "\n" << resumed.err;
    expect_same(round.outputs(), wanted.outputs, what);
    expect_same(round.backups(), wanted.backups, what + ", backups");
    if (HasFatalFailure()) return;
  }
  EXPECT_GT(cut_short, moments / 2) << "the program ends before it can be killed, seed " << seed;
  RecordProperty("seed", std::to_string(seed));
}

TEST(Resume, CountsWhatWasDoneAndRedoesNothing) {
  const Folder folder;
  const Round round(folder, variants[0], "1");
  // An input that fails keeps the journal, since it may be retried.
  folder.write("in1/zz-bad.jpg", "not a picture");
  EXPECT_EQ(imgmill(folder, round.words(false)).status, 1);
  const Tree before = round.outputs();
  ASSERT_EQ(before.size(), pictures);
  folder.write("in1/zz-bad.jpg", jpeg_file(40, 30));
  std::vector<std::string> words = round.words(true);
  std::erase(words, "--quiet");
  const Outcome resumed = imgmill(folder, words);
  EXPECT_EQ(resumed.status, 0) << resumed.err;
  EXPECT_TRUE(resumed.err.contains("24 done by the run that was interrupted")) << resumed.err;
  EXPECT_TRUE(folder.has("out1/zz-bad.webp"));
}

TEST(Resume, LeavesFilesOfOthersAlone) {
  const Folder folder;
  const Round round(folder, variants[0], "1");
  folder.write("out1/0.webp", "somebody else's");  // not the path of any output
  folder.write("out1/a/0.webp", "somebody else's");
  const Outcome outcome = imgmill(folder, round.words(true));
  EXPECT_EQ(outcome.status, 1);
  EXPECT_TRUE(outcome.err.contains("exists already")) << outcome.err;
  EXPECT_EQ(folder.read("out1/a/0.webp"), "somebody else's");
}

}  // namespace
}  // namespace imgmill::test
