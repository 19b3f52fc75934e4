#include "store/cache.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <utime.h>

#include <fstream>
#include <thread>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::contents;
using test::ScratchFolder;

constexpr std::uint64_t plenty = 1 << 30;
const ContentHash recipe = recipe_hash("{}", "1 2");

std::unique_ptr<Cache> open_cache(const ScratchFolder& scratch, std::uint64_t bytes = plenty) {
  std::string note;
  auto cache = Cache::open(scratch / "cache", bytes, note);
  EXPECT_TRUE(cache) << cache.error().describe();
  EXPECT_EQ(note, "");
  return *std::move(cache);
}

ContentHash hash_of(std::string_view text) { return content_hash(as_bytes(text)); }

KnownResult result_for(std::string_view output, Decision decision = Decision::reencoded) {
  KnownResult known;
  known.decision = decision;
  known.input_format = Format::png;
  known.format = Format::webp;
  known.width = 3;
  known.height = 2;
  known.frames = 7;
  known.size = output.size();
  known.output = hash_of(output);
  known.notes = {"first", "second; with more"};
  return known;
}

void remember(Cache& cache, std::string_view input, std::string_view output) {
  cache.remember(hash_of(input), recipe, result_for(output), as_bytes(output), true);
  cache.flush();
}

FileFacts facts(const fs::path& file) { return **facts_of(file); }

/// A file whose timestamps are old enough to be trusted.
fs::path settled_file(const ScratchFolder& scratch, const std::string& name,
                      std::string_view bytes) {
  const fs::path file = scratch.write(name, bytes);
  const utimbuf times{1'000'000'000, 1'100'000'000};
  ::utime(file.c_str(), &times);
  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  return file;
}

/// The files that hold objects.
std::vector<fs::path> objects(const ScratchFolder& scratch) {
  std::vector<fs::path> files;
  for (const auto& entry :
       fs::recursive_directory_iterator(scratch / "cache" / "imgmill-outputs")) {
    if (entry.is_regular_file()) files.push_back(entry.path());
  }
  return files;
}

TEST(ContentHash, HasOneFormOnEveryMachine) {
  const ContentHash hash = hash_of("imgmill");
  EXPECT_EQ(ContentHash::from(hash.bytes()), hash);
  EXPECT_EQ(ContentHash::from_hex(hash.hex()), hash);
  EXPECT_EQ((ContentHash{0x0123456789abcdef, 1}.hex()), "0123456789abcdef0000000000000001");
  EXPECT_EQ(ContentHash::from_hex("0123"), std::nullopt);
  EXPECT_EQ(ContentHash::from_hex(std::string(31, '0') + "x"), std::nullopt);
  EXPECT_NE(hash, hash_of("imgmilL"));
  // The documented xxHash value for empty input and seed 0.
  EXPECT_EQ(hash_of("").hex(), "99aa06d3014798d86001c324468d497f");
}

TEST(Cache, GivesBackWhatItWasTold) {
  const ScratchFolder scratch;
  for (const bool again : {false, true}) {
    const auto cache = open_cache(scratch);
    if (!again) remember(*cache, "input", "output");
    const auto known = cache->find(hash_of("input"), recipe);
    ASSERT_TRUE(known);
    EXPECT_EQ(known->decision, Decision::reencoded);
    EXPECT_EQ(known->input_format, Format::png);
    EXPECT_EQ(known->format, Format::webp);
    EXPECT_EQ(known->width, 3);
    EXPECT_EQ(known->height, 2);
    EXPECT_EQ(known->frames, 7);
    EXPECT_EQ(known->notes, (std::vector<std::string>{"first", "second; with more"}));
    const auto bytes = cache->bytes_of(hash_of("input"), recipe, *known);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(as_text(bytes->view()), "output");
    EXPECT_FALSE(cache->find(hash_of("input"), recipe_hash("{}", "1 3"))) << "another engine";
    EXPECT_FALSE(cache->find(hash_of("other"), recipe));
  }
}

TEST(Cache, KnowsItsOwnOutputs) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  remember(*cache, "input", "output");
  const auto ours = cache->find(hash_of("output"), recipe);
  ASSERT_TRUE(ours);
  EXPECT_EQ(ours->decision, Decision::kept);
  EXPECT_EQ(ours->output, hash_of("output"));
  EXPECT_EQ(ours->input_format, Format::webp);
  EXPECT_EQ(ours->notes, std::vector<std::string>{ours_note});
  EXPECT_FALSE(cache->find(hash_of("output"), recipe_hash("{\"quality\":1}", "1 2")))
      << "with other settings it is an input like any other";
}

TEST(Cache, DoesNotCallAnOutputOursWhenTheRecipeWouldChangeItAgain) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  cache->remember(hash_of("in"), recipe, result_for("half"), as_bytes("half"), false);
  cache->flush();
  EXPECT_TRUE(cache->find(hash_of("in"), recipe));
  EXPECT_FALSE(cache->find(hash_of("half"), recipe));
}

TEST(Cache, NeverGivesTornOrAlteredBytes) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  const std::string output(100'000, 'o');
  const auto damage = [&](const std::string& bytes) {
    remember(*cache, "input", output);
    const auto known = cache->find(hash_of("input"), recipe);
    EXPECT_TRUE(known);
    const auto files = objects(scratch);
    EXPECT_EQ(files.size(), 1);
    if (files.size() == 1) std::ofstream(files.front(), std::ios::binary) << bytes;
    return cache->bytes_of(hash_of("input"), recipe, *known).has_value();
  };
  EXPECT_TRUE(damage(output));
  EXPECT_FALSE(damage(output.substr(1)));
  EXPECT_TRUE(objects(scratch).empty()) << "what is of no use goes";
  EXPECT_FALSE(damage("O" + output.substr(1)));
  EXPECT_FALSE(damage(output + " and more"));
  EXPECT_FALSE(damage(""));
}

TEST(Cache, KeepsSmallOutputsWithoutFiles) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  remember(*cache, "input", "output");
  EXPECT_TRUE(objects(scratch).empty());
  const auto known = cache->find(hash_of("input"), recipe);
  ASSERT_TRUE(known);
  EXPECT_TRUE(cache->bytes_of(hash_of("input"), recipe, *known));
  KnownResult other = *known;
  other.output = hash_of("another");
  EXPECT_FALSE(cache->bytes_of(hash_of("input"), recipe, other));
}

TEST(Cache, SeesThatNothingHasChanged) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  remember(*cache, "input", "output");
  const fs::path in = settled_file(scratch, "in.png", "input");
  const fs::path out = scratch.write("out.webp", "output");
  cache->remember_file(in, facts(in), hash_of("input"), Cache::Writer::anybody);
  cache->remember_file(out, facts(out), hash_of("output"), Cache::Writer::ours);
  cache->flush();
  const auto look = [&] {
    const FileFacts in_facts = facts(in);
    const FileFacts out_facts = facts(out);
    return cache->unchanged(in, in_facts, &out, &out_facts, recipe).has_value();
  };
  EXPECT_TRUE(look());
  const FileFacts in_facts = facts(in);
  EXPECT_TRUE(cache->unchanged(in, in_facts, nullptr, nullptr, recipe));
  EXPECT_FALSE(cache->unchanged(in, in_facts, &out, nullptr, recipe)) << "no output";
  EXPECT_FALSE(cache->unchanged(in, in_facts, nullptr, nullptr, recipe_hash("{}", "9 9")));

  std::this_thread::sleep_for(std::chrono::milliseconds(25));
  ::chmod(out.c_str(), 0600);
  EXPECT_FALSE(look()) << "something has happened to the output";
  cache->remember_file(out, facts(out), hash_of("another content"), Cache::Writer::ours);
  cache->flush();
  EXPECT_FALSE(look()) << "the output is something else";
}

TEST(Cache, NoticesAChangeThatKeepsSizeAndModificationTime) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  remember(*cache, "input", "output");
  const fs::path in = settled_file(scratch, "in.png", "input");
  cache->remember_file(in, facts(in), hash_of("input"), Cache::Writer::anybody);
  cache->flush();
  ASSERT_TRUE(cache->unchanged(in, facts(in), nullptr, nullptr, recipe));
  settled_file(scratch, "in.png", "INPUT");  // sets the same modification time
  EXPECT_FALSE(cache->unchanged(in, facts(in), nullptr, nullptr, recipe));
}

TEST(Cache, DoesNotBelieveTimeStampsOfThisVeryMoment) {
  const ScratchFolder scratch;
  const auto cache = open_cache(scratch);
  remember(*cache, "input", "output");
  const fs::path in = scratch.write("in.png", "input");
  FileFacts now = facts(in);
  now.modified = now.changed;
  ASSERT_EQ(::clock_gettime(CLOCK_REALTIME, &now.changed), 0);
  cache->remember_file(in, now, hash_of("input"), Cache::Writer::anybody);
  cache->flush();
  EXPECT_FALSE(cache->unchanged(in, now, nullptr, nullptr, recipe));
}

TEST(Cache, LetsTheLeastRecentlyUsedGo) {
  const ScratchFolder scratch;
  const std::string bytes(30'000, 'x');
  {
    const auto cache = open_cache(scratch, 300'000);
    for (int i = 0; i < 30; ++i) {
      remember(*cache, "input " + std::to_string(i), std::to_string(i) + bytes);
      EXPECT_LE(cache->stats()->bytes, 300'000);
    }
    EXPECT_FALSE(cache->find(hash_of("input 0"), recipe));
    EXPECT_TRUE(cache->find(hash_of("input 29"), recipe));
  }
  std::uintmax_t on_disk = 0;
  for (const fs::path& file : objects(scratch)) on_disk += fs::file_size(file);
  EXPECT_LE(on_disk, 300'000);
  EXPECT_GT(on_disk, 150'000) << "it is of no use when everything goes";
}

TEST(Cache, BeginsAnewWhenItsIndexIsDamaged) {
  const ScratchFolder scratch;
  { remember(*open_cache(scratch), "input", "output"); }
  const fs::path index = scratch / "cache" / "imgmill-cache.sqlite";
  ASSERT_TRUE(fs::exists(index));
  std::ofstream(index, std::ios::binary) << std::string(8192, 'x');
  std::string note;
  const auto cache = Cache::open(scratch / "cache", plenty, note);
  ASSERT_TRUE(cache) << cache.error().describe();
  EXPECT_NE(note.find("damaged"), std::string::npos) << note;
  EXPECT_FALSE((*cache)->find(hash_of("input"), recipe));
  remember(**cache, "input", "output");
  EXPECT_TRUE((*cache)->find(hash_of("input"), recipe));
  EXPECT_TRUE(fs::exists(index.native() + ".damaged"));
}

TEST(Cache, IsMovedAsideWhenDamageShowsWhereItIsUsed) {
  const ScratchFolder scratch;
  constexpr int count = 500;
  const auto input = [](int i) { return "input " + std::to_string(i); };
  {
    const auto cache = open_cache(scratch);
    for (int i = 0; i < count; ++i) remember(*cache, input(i), std::string(500, 'o'));
  }
  // Damages all pages but the first, so that opening succeeds.
  const fs::path index = scratch / "cache" / "imgmill-cache.sqlite";
  const auto size = static_cast<std::streamoff>(fs::file_size(index));
  ASSERT_GT(size, 20'000);
  {
    std::fstream file(index, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(4096);
    file << std::string(static_cast<std::size_t>(size - 4096), 'x');
  }
  {
    const auto cache = open_cache(scratch);
    for (int i = 0; i < 20; ++i) EXPECT_FALSE(cache->find(hash_of(input(i)), recipe));
    remember(*cache, "new", "less");
    EXPECT_TRUE(cache->damaged());
    EXPECT_TRUE(cache->failure());
  }
  const auto moved = Cache::move_aside(scratch / "cache");
  ASSERT_TRUE(moved) << moved.error().describe();
  EXPECT_TRUE(moved->contains(".damaged"));
  EXPECT_EQ(fs::file_size(index.native() + ".damaged"), static_cast<std::uintmax_t>(size));
  const auto cache = open_cache(scratch);
  EXPECT_FALSE(cache->damaged());
  remember(*cache, "new", "less");
  EXPECT_TRUE(cache->find(hash_of("new"), recipe));
}

TEST(Cache, MayLieBehindALink) {
  const ScratchFolder scratch;
  scratch.folder("real");
  fs::create_directory_symlink("real", scratch / "cache");
  const auto cache = open_cache(scratch);
  ASSERT_TRUE(cache);
  remember(*cache, "input", "output");
  EXPECT_TRUE(cache->find(hash_of("input"), recipe));
}

TEST(Cache, IsSharedByProcesses) {
  const ScratchFolder scratch;
  const auto one = open_cache(scratch);
  const auto two = open_cache(scratch);
  remember(*one, "input", "output");
  EXPECT_TRUE(two->find(hash_of("input"), recipe));
  remember(*two, "more", "less");
  EXPECT_TRUE(one->find(hash_of("more"), recipe));
}

TEST(Cache, ClearsItsOwnFilesAndNoOthers) {
  const ScratchFolder scratch;
  { remember(*open_cache(scratch), "input", "output"); }
  scratch.write("cache/objects/ab/precious", "of another program");
  ASSERT_TRUE(Cache::clear(scratch / "cache"));
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"cache/objects/ab/precious"});
  EXPECT_TRUE(Cache::clear(scratch / "nowhere"));
}

TEST(Cache, SaysWhyItCannotBeOpened) {
  const ScratchFolder scratch;
  scratch.write("cache", "a file");
  std::string note;
  const auto cache = Cache::open(scratch / "cache", plenty, note);
  ASSERT_FALSE(cache);
  EXPECT_NE(cache.error().describe().find("cache"), std::string::npos);
}

}  // namespace
}  // namespace imgmill
