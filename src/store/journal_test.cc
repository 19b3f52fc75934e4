#include "store/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "support/scratch_folder.h"

namespace imgmill {
namespace {

namespace fs = std::filesystem;
using test::ScratchFolder;

std::unique_ptr<Journal> open_journal(const ScratchFolder& scratch, Resume resume,
                                      std::string_view batch = "a batch") {
  std::string note;
  auto journal = Journal::open(scratch / "state", batch, resume, note);
  EXPECT_TRUE(journal) << journal.error().describe();
  EXPECT_EQ(note, "");
  return journal ? *std::move(journal) : nullptr;
}

FileFacts facts(const fs::path& file) { return **facts_of(file); }

KnownResult result_for(std::string_view output) {
  KnownResult known;
  known.decision = Decision::stripped;
  known.size = output.size();
  known.output = content_hash(as_bytes(output));
  known.notes = {"a note"};
  return known;
}

std::size_t journals(const ScratchFolder& scratch) {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(scratch / "state")) {
    if (entry.path().extension() == ".sqlite") ++count;
  }
  return count;
}

/// Runs `body` in a separate process that ends as with kill -9.
pid_t in_killed_process(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::raise(SIGKILL);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  EXPECT_TRUE(WIFSIGNALED(status));
  return child;
}

TEST(Journal, KnowsWhatAKilledRunHasDone) {
  const ScratchFolder scratch;
  const fs::path in = scratch.write("in.jpg", "the input");
  const fs::path out = scratch.write("out.jpg", "output");
  in_killed_process([&] {
    const auto journal = open_journal(scratch, Resume::no);
    journal->record(out, facts(in), facts(out), {result_for("output"), 9}, false);
    journal->flush();
    ::raise(SIGKILL);
  });
  const auto journal = open_journal(scratch, Resume::yes);
  ASSERT_TRUE(journal);
  EXPECT_TRUE(journal->resumes());
  const auto done = journal->done(out, facts(in), facts(out));
  ASSERT_TRUE(done);
  EXPECT_EQ(done->original_size, 9);
  EXPECT_EQ(done->result.decision, Decision::stripped);
  EXPECT_EQ(done->result.notes, std::vector<std::string>{"a note"});
  EXPECT_FALSE(journal->done(in, facts(in), facts(out))) << "another task";
  FileFacts other = facts(out);
  ++other.size;
  EXPECT_FALSE(journal->done(out, facts(in), other)) << "the output is no longer what it was";
  other = facts(in);
  ++other.modified.tv_nsec;
  EXPECT_FALSE(journal->done(out, other, facts(out))) << "the input has changed since";
}

TEST(Journal, ForgetsWithoutResume) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "bytes");
  for (const Resume resume : {Resume::no, Resume::no}) {
    const auto journal = open_journal(scratch, resume);
    EXPECT_FALSE(journal->resumes());
    journal->record(file, facts(file), facts(file), {result_for("bytes"), 5}, false);
  }
  EXPECT_TRUE(open_journal(scratch, Resume::yes)->resumes());
}

TEST(Journal, NeverForgetsWhatWasDoneToOriginals) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "the original");
  in_killed_process([&] {
    const auto journal = open_journal(scratch, Resume::no);
    ASSERT_TRUE(journal->intend(file, facts(file), result_for("smaller")));
    ::raise(SIGKILL);  // nothing was flushed: intend() alone must suffice
  });
  const auto journal = open_journal(scratch, Resume::no);
  EXPECT_FALSE(journal->replaced(file, content_hash(as_bytes("the original"))));
  const auto replaced = journal->replaced(file, content_hash(as_bytes("smaller")));
  ASSERT_TRUE(replaced);
  EXPECT_EQ(replaced->original_size, 12);
  EXPECT_FALSE(journal->done(file, facts(file), facts(file)))
      << "whether it came to be, the content tells";
}

TEST(Journal, BatchesDoNotMeet) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "bytes");
  {
    const auto one = open_journal(scratch, Resume::no, "one");
    const auto two = open_journal(scratch, Resume::no, "two");
    one->record(file, facts(file), facts(file), {result_for("bytes"), 5}, false);
  }
  EXPECT_EQ(journals(scratch), 2);
  EXPECT_TRUE(open_journal(scratch, Resume::yes, "one")->resumes());
  EXPECT_FALSE(open_journal(scratch, Resume::yes, "two")->resumes());
}

TEST(Journal, IsGoneAfterAGoodEnd) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "bytes");
  {
    const auto journal = open_journal(scratch, Resume::no);
    journal->record(file, facts(file), facts(file), {result_for("bytes"), 5}, false);
    journal->finish();
  }
  EXPECT_EQ(scratch.files(), std::vector<std::string>{"a.jpg"});
}

TEST(Journal, ResumingAnEndedBatchDoesNothingTwice) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "smaller");
  const ContentHash content = content_hash(as_bytes("smaller"));
  {
    const auto journal = open_journal(scratch, Resume::no);
    ASSERT_TRUE(journal->intend(file, facts(file), result_for("smaller")));
    journal->record(file, facts(file), facts(file), {result_for("smaller"), 12}, true);
    journal->finish();
  }
  {
    const auto journal = open_journal(scratch, Resume::yes);
    EXPECT_TRUE(journal->done(file, facts(file), facts(file)));
    EXPECT_TRUE(journal->replaced(file, content));
    journal->record(file, facts(file), facts(file), {result_for("smaller"), 12}, true);
    journal->finish();
  }
  EXPECT_FALSE(open_journal(scratch, Resume::no)->resumes()) << "somebody wants it again";
}

TEST(Journal, IsHeldByOneProcessAtATime) {
  const ScratchFolder scratch;
  const auto journal = open_journal(scratch, Resume::no);
  std::string note;
  const auto second = Journal::open(scratch / "state", "a batch", Resume::yes, note);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().advice().find("another imgmill"), std::string::npos)
      << second.error().describe();
}

TEST(Journal, CleansUpAfterItsDeadAndNobodyElse) {
  const ScratchFolder scratch;
  const fs::path file = scratch.write("a.jpg", "bytes");
  const pid_t dead = in_killed_process([&] {
    const auto journal = open_journal(scratch, Resume::no);
    (void)journal->intend(file, facts(file), result_for("smaller"));
  });
  const std::string left = ".imgmill-" + std::to_string(dead) + "-0.part";
  const std::string living = ".imgmill-" + std::to_string(::getpid()) + "-77.part";
  for (const std::string& name : {left, living, std::string(".imgmill-x-0.part")}) {
    scratch.write("out/" + name, "half");
    scratch.write("elsewhere/" + name, "half");
  }
  scratch.write("out/.imgmill-" + std::to_string(dead) + "-0.jpg", "a picture");
  open_journal(scratch, Resume::yes)->clean(scratch / "out");
  EXPECT_FALSE(fs::exists(scratch / "out" / left));
  EXPECT_TRUE(fs::exists(scratch / "out" / living));
  EXPECT_TRUE(fs::exists(scratch / "out/.imgmill-x-0.part"));
  EXPECT_TRUE(fs::exists(scratch / "elsewhere" / left));
  EXPECT_TRUE(fs::exists(scratch / "out" / (".imgmill-" + std::to_string(dead) + "-0.jpg")));
}

TEST(Journal, BeginsAnewWhenDamaged) {
  const ScratchFolder scratch;
  { open_journal(scratch, Resume::no); }
  for (const auto& entry : fs::directory_iterator(scratch / "state")) {
    std::ofstream(entry.path(), std::ios::binary) << std::string(9000, 'x');
  }
  std::string note;
  const auto journal = Journal::open(scratch / "state", "a batch", Resume::yes, note);
  ASSERT_TRUE(journal) << journal.error().describe();
  EXPECT_FALSE((*journal)->resumes());
  EXPECT_NE(note.find("damaged"), std::string::npos);
}

TEST(GroupWriter, WritesInOrderAndTellsWhoWaits) {
  const ScratchFolder scratch;
  auto database = Database::open(scratch / "a.sqlite", Sharing::exclusive);
  ASSERT_TRUE(database);
  ASSERT_TRUE(database->run("CREATE TABLE t(n INTEGER UNIQUE)"));
  GroupWriter writer(*std::move(database));
  const auto insert = [](int n) {
    return [n](Database& db) { return Query(db, "INSERT INTO t VALUES(?)").with(n).run(); };
  };
  for (int i = 0; i < 10'000; ++i) writer.post(insert(i));
  EXPECT_TRUE(writer.post_and_wait(insert(10'000)));
  const auto count = [&] {
    return writer.with_database([](Database& db) {
      Query query(db, "SELECT COUNT(*) FROM t");
      return query.next() ? query.integer(0) : -1;
    });
  };
  EXPECT_EQ(count(), 10'001);
  EXPECT_FALSE(writer.failure());
  EXPECT_FALSE(writer.post_and_wait(insert(5))) << "it is there already";
  EXPECT_TRUE(writer.failure());
  EXPECT_TRUE(writer.post_and_wait(insert(10'001))) << "one failure does not end it";
  EXPECT_EQ(count(), 10'002);
}

}  // namespace
}  // namespace imgmill
