#include "batch/validate.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/other_rights.h"
#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::fake_jpeg;
using test::fake_png;
using test::ScratchFolder;

const auto defaults = std::make_shared<const ImageSettings>();

Verdict judge(ImageTask task, ValidationRules rules = {}) {
  Validator validator(rules, 1);
  Verdict verdict;
  validator.validate(std::span(&task, 1), std::span(&verdict, 1));
  return verdict;
}

std::string complaint(const Verdict& verdict) {
  return verdict.error ? verdict.error->describe() : "";
}

TEST(Validate, EachTaskGetsExactlyOneVerdictWhateverTheChunk) {
  const ScratchFolder scratch;
  for (const int threads : {1, 2, 4}) {
    Validator validator({}, threads);
    for (const std::size_t count : {0, 1, 2, 3, 49, 50, 51, 101}) {
      std::vector<ImageTask> tasks;
      for (std::size_t i = 0; i < count; ++i) {
        const std::string name = std::to_string(i) + ".jpg";
        // Every third file is missing, and sizes distinguish the tasks.
        fs::path input = scratch / name;
        if (i % 3 != 0) input = scratch.write(name, fake_jpeg(std::string(i, 'x')));
        if (i % 3 == 0) fs::remove(input);
        tasks.push_back({input, scratch / "out" / name, defaults});
      }
      std::vector<Verdict> verdicts(count + 1);
      verdicts[count].size = 4711;
      validator.validate(tasks, std::span(verdicts).first(count));
      for (std::size_t i = 0; i < count; ++i) {
        ASSERT_EQ(verdicts[i].kind == Verdict::Kind::bad, i % 3 == 0) << complaint(verdicts[i]);
        ASSERT_EQ(verdicts[i].error.has_value(), i % 3 == 0);
        if (i % 3 != 0) {
          ASSERT_EQ(verdicts[i].size, 4 + i);
        }
      }
      EXPECT_EQ(verdicts[count].size, 4711) << "nothing is written past the chunk";
    }
  }
}

TEST(Validate, LooksAtTheContentAndSaysWhenTheNameLies) {
  const ScratchFolder scratch;
  const Verdict verdict =
      judge({scratch.write("a.jpg", fake_png()), scratch / "out/a.jpg", defaults});
  EXPECT_EQ(verdict.kind, Verdict::Kind::go);
  EXPECT_EQ(verdict.format, Format::png);
  EXPECT_EQ(verdict.notes, std::vector<std::string>{"is a PNG named .jpg"});
  EXPECT_TRUE(
      judge({scratch.write("b.JPE", fake_jpeg()), scratch / "o/b", defaults}).notes.empty());
  EXPECT_TRUE(
      judge({scratch.write("noname", fake_jpeg()), scratch / "o/c", defaults}).notes.empty());
}

TEST(Validate, NamesTheReason) {
  const ScratchFolder scratch;
  const fs::path out = scratch / "out/x.jpg";
  const auto reason = [&](const fs::path& input) {
    return complaint(judge({input, out, defaults}));
  };
  EXPECT_TRUE(reason(scratch / "gone.jpg").contains("no such file"));
  EXPECT_TRUE(reason(scratch.path()).contains("it is a folder"));
  EXPECT_TRUE(reason(scratch.write("e.jpg", "")).contains("is empty"));
  const std::string text = reason(scratch.write("t.jpg", "<html xmlns='x'/>"));
  EXPECT_TRUE(text.contains("is not an image imgmill knows; imgmill reads JPEG, PNG")) << text;
  ASSERT_EQ(::mkfifo((scratch / "pipe.jpg").c_str(), 0600), 0);
  EXPECT_TRUE(reason(scratch / "pipe.jpg").contains("not a regular file"));
  EXPECT_TRUE(complaint(judge({"", out, defaults})).contains("needs an input"));
  EXPECT_TRUE(complaint(judge({"a", out, nullptr})).contains("needs an input"));
}

TEST(Validate, HoldsTheLimitOnTheSize) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("a.jpg", fake_jpeg());
  ValidationRules rules;
  rules.limits.max_input_bytes = 10;
  const Verdict verdict = judge({input, scratch / "o.jpg", defaults}, rules);
  ASSERT_TRUE(verdict.error);
  EXPECT_EQ(verdict.error->code(), ErrorCode::limit);
  rules.limits.max_input_bytes = 11;
  EXPECT_EQ(judge({input, scratch / "o.jpg", defaults}, rules).kind, Verdict::Kind::go);
}

TEST(Validate, TellsEachTaskWithBadSettings) {
  const ScratchFolder scratch;
  ImageSettings bad;
  bad.quality.global = 101;
  const auto settings = std::make_shared<const ImageSettings>(bad);
  const fs::path input = scratch.write("a.jpg", fake_jpeg());
  const std::vector<ImageTask> tasks = {{input, scratch / "1.jpg", settings},
                                        {input, scratch / "2.jpg", defaults},
                                        {input, scratch / "3.jpg", settings}};
  std::vector<Verdict> verdicts(3);
  Validator({}, 2).validate(tasks, verdicts);
  ASSERT_TRUE(verdicts[0].error && verdicts[2].error);
  EXPECT_EQ(verdicts[0].error->code(), ErrorCode::usage);
  EXPECT_EQ(verdicts[0].error->describe(), verdicts[2].error->describe());
  EXPECT_FALSE(verdicts[1].error);
}

TEST(Validate, GoesByThePolicyOnExistingOutputs) {
  const ScratchFolder scratch;
  const ImageTask task{scratch.write("a.jpg", fake_jpeg()), scratch.write("out/a.jpg", "there"),
                       defaults};
  EXPECT_TRUE(complaint(judge(task)).contains("--overwrite"));
  EXPECT_EQ(judge(task, {ExistingOutput::overwrite, {}}).kind, Verdict::Kind::go);
  const Verdict skipped = judge(task, {ExistingOutput::skip, {}});
  EXPECT_EQ(skipped.kind, Verdict::Kind::skip);
  EXPECT_EQ(skipped.output_size, 5);
}

TEST(Validate, SeesThatInputAndOutputAreOneFileUnderTwoNames) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("a.jpg", fake_jpeg());
  fs::create_hard_link(input, scratch / "b.jpg");
  const ValidationRules rules{ExistingOutput::overwrite, {}};
  EXPECT_TRUE(complaint(judge({input, scratch / "b.jpg", defaults}, rules)).contains("same file"));
  const fs::path dotted = scratch.path().native() + "/./a.jpg";
  EXPECT_TRUE(complaint(judge({input, dotted, defaults}, rules)).contains("same file"));
  EXPECT_EQ(judge({input, input, defaults}).kind, Verdict::Kind::go) << "in place";
}

TEST(Validate, LooksForAFolderThatTakesTheOutput) {
  const ScratchFolder scratch;
  const fs::path input = scratch.write("a.jpg", fake_jpeg());
  EXPECT_EQ(judge({input, scratch / "not/yet/there/a.jpg", defaults}).kind, Verdict::Kind::go);
  EXPECT_TRUE(complaint(judge({input, input / "below/b.jpg", defaults})).contains("is a file"));
  const fs::path locked = scratch.folder("locked");
  ::chmod(locked.c_str(), 0555);
  const test::Verdict verdict = test::as_nobody([&] {
    return complaint(judge({input, locked / "deep/a.jpg", defaults}));
  });
  if (!verdict) GTEST_SKIP() << "cannot become an ordinary user here";
  EXPECT_TRUE(verdict->contains("permission denied")) << *verdict;
}

}  // namespace
}  // namespace imgmill
