// Freezes the format in docs/wire.md. If you change a line here, increment wire_version.
#include "pool/message.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "pool/orders.h"

namespace imgmill {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    text += digits[static_cast<unsigned char>(c) >> 4];
    text += digits[static_cast<unsigned char>(c) & 15];
  }
  return text;
}

TEST(Wire, TheHeaderIsAsDocumented) {
  EXPECT_EQ(wire_version, 7);
  const Message message{MessageKind::work, 0x0102030405060708, -2, "{}"};
  EXPECT_EQ(hex(encode(message)),
            "49474d4c"          // magic
            "0700"              // version
            "2100"              // kind
            "0807060504030201"  // id
            "feffffffffffffff"  // value
            "7b7d");            // body
}

TEST(Wire, KindsKeepTheirNumbers) {
  const std::pair<MessageKind, int> numbers[] = {
      {MessageKind::configure, 1}, {MessageKind::hello, 2},      {MessageKind::spawn, 3},
      {MessageKind::spawned, 4},   {MessageKind::kill, 5},       {MessageKind::exited, 6},
      {MessageKind::stopped, 7},   {MessageKind::ready, 32},     {MessageKind::work, 33},
      {MessageKind::done, 34},     {MessageKind::room, 35},      {MessageKind::filled, 36},
      {MessageKind::failed, 37},   {MessageKind::violation, 38}, {MessageKind::signal, 39},
      {MessageKind::compare, 40},  {MessageKind::compared, 41},  {MessageKind::needs, 42},
      {MessageKind::sketch, 43},   {MessageKind::sketched, 44}};
  for (const auto& [kind, number] : numbers) {
    EXPECT_EQ(static_cast<int>(kind), number);
    const Result<Message> there_and_back = decode(encode({kind, 1, 2, "body"}));
    ASSERT_TRUE(there_and_back);
    EXPECT_EQ(there_and_back->kind, kind);
    EXPECT_EQ(there_and_back->id, 1);
    EXPECT_EQ(there_and_back->value, 2);
    EXPECT_EQ(there_and_back->body, "body");
  }
}

TEST(Wire, BodiesAreAsDocumented) {
  EXPECT_EQ(to_body(PoolSettings{}),
            R"({"sandbox":"auto","warm_up":true,"address_space":0,"threads":1,"niceness":0})");
  EXPECT_EQ(
      to_body(Order{}),
      R"({"settings":{"quality":{},"resize":{"mode":"none","maintainAspect":true,"enlarge":false},)"
      R"("outputFormat":"original","lossless":false,"effort":"balanced",)"
      R"("keep":["icc","orientation","copyright"],"toSrgb":false,"background":"#ffffff",)"
      R"("animation":"refuse"},"limits":{"max_pixels":268435456,"max_decoded_bytes":1073741824,)"
      R"("max_input_bytes":1073741824,"max_frames":10000},"threads":1,"cpu_seconds":0,"memory":0})");
  Optimized optimized;
  optimized.width = 3;
  optimized.height = 4;
  optimized.format = Format::webp;
  optimized.decision = Decision::reencoded;
  optimized.private_left.position = true;
  optimized.notes = {"a note"};
  EXPECT_EQ(
      to_body(optimized),
      R"({"decision":"reencoded","format":"webp","input_format":"jpeg",)"
      R"("width":3,"height":4,"frames":1,"judgement":{},"private_left":["position"],"notes":["a note"]})");
  EXPECT_EQ(to_body(CompareOrder{.original_bytes = 5}),
            R"({"original_bytes":5,"map":false,"limits":{"max_pixels":268435456,)"
            R"("max_decoded_bytes":1073741824,"max_input_bytes":1073741824,"max_frames":10000},)"
            R"("threads":1,"cpu_seconds":0,"memory":0})");
  EXPECT_EQ(to_body(SketchOrder{}),
            R"({"limits":{"max_pixels":268435456,"max_decoded_bytes":1073741824,)"
            R"("max_input_bytes":1073741824,"max_frames":10000},"threads":1,"cpu_seconds":0,)"
            R"("memory":0})");
  Comparison comparison;
  comparison.score = 90.5;
  comparison.worst = {1, 2, 3, 4, 80.25};
  comparison.width = comparison.height = 7;
  comparison.other.format = Format::png;
  EXPECT_EQ(to_body(comparison),
            R"({"score":90.5,"worst":[1,2,3,4],"worst_score":80.25,"frame":0,"extent":[7,7,1],)"
            R"("formats":["jpeg","png"],"notes":[]})");
  EXPECT_EQ(to_body(Error(ErrorCode::bad_input, "it is damaged", "mend it").within("decoding")),
            R"({"code":"bad_input","message":"it is damaged","advice":"mend it",)"
            R"("context":["decoding"]})");
  EXPECT_EQ(to_body(SandboxReport{{Layer::seccomp, LayerState::on, ""}}),
            R"([{"layer":"seccomp","state":"on","reason":""}])");
}

TEST(Wire, TheDocumentNamesEveryKind) {
  std::ifstream file(std::string(IMGMILL_SOURCE_DIR) + "/docs/wire.md");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  for (const char* kind :
       {"configure", "hello",   "spawn",    "spawned", "kill",   "exited",  "stopped",
        "ready",     "work",    "done",     "room",    "filled", "failed",  "violation",
        "signal",    "compare", "compared", "needs",   "sketch", "sketched"}) {
    EXPECT_NE(text.find(std::string("| `") + kind + "` |"), std::string::npos) << kind;
  }
}

TEST(Wire, WhatIsNoMessageIsRefused) {
  EXPECT_FALSE(decode(""));
  EXPECT_FALSE(decode("IGML"));
  const std::string good = encode({MessageKind::done, 1, 2, {}});
  ASSERT_TRUE(decode(good));
  for (const std::size_t at : {0U, 4U, 6U, 7U}) {
    std::string bad = good;
    bad[at] = '\x55';
    EXPECT_FALSE(decode(bad)) << at;
  }
}

TEST(Orders, ComeBackAsTheyWent) {
  Order order;
  order.settings.quality.webp = 33;
  order.settings.output_format = Format::avif;
  order.settings.resize = {.mode = ResizeMode::percent, .percent = 12.5};
  order.limits.max_pixels = 77;
  order.threads = 3;
  order.cpu_seconds = 99;
  order.memory = 1'000'000'000'000;
  const Result<Order> back = order_from(to_body(order));
  ASSERT_TRUE(back) << back.error().describe();
  EXPECT_EQ(back->settings, order.settings);
  EXPECT_EQ(back->limits, order.limits);
  EXPECT_EQ(back->threads, 3);
  EXPECT_EQ(back->cpu_seconds, 99);
  EXPECT_EQ(back->memory, order.memory);

  const Error error = Error(ErrorCode::limit, "too large", "crop it").within("one").within("two");
  const Result<Error> error_back = error_from(to_body(error));
  ASSERT_TRUE(error_back);
  EXPECT_EQ(error_back->code(), ErrorCode::limit);
  EXPECT_EQ(error_back->describe(), error.describe());

  const SandboxReport report{{Layer::landlock, LayerState::unavailable, "an old kernel"}};
  const Result<SandboxReport> report_back = report_from(to_body(report));
  ASSERT_TRUE(report_back);
  EXPECT_EQ(report_back->at(0).layer, Layer::landlock);
  EXPECT_EQ(report_back->at(0).state, LayerState::unavailable);
  EXPECT_EQ(report_back->at(0).reason, "an old kernel");
}

TEST(Orders, AnswersThatMakeNoSenseAreRefused) {
  EXPECT_FALSE(optimized_from("not JSON"));
  EXPECT_FALSE(optimized_from("[]"));
  EXPECT_FALSE(optimized_from("{}"));
  const std::string good =
      R"({"decision":"kept","format":"png","input_format":"png",)"
      R"("width":1,"height":1,"frames":1,"judgement":{},"private_left":[],"notes":[]})";
  ASSERT_TRUE(optimized_from(good));
  const std::pair<std::string, std::string> changes[] = {
      {"\"kept\"", "\"skipped\""},
      {"\"private_left\":[]", "\"private_left\":[\"shoe size\"]"},
      {"\"kept\"", "7"},
      {"\"png\"", "\"exe\""},
      {"\"width\":1", "\"width\":0"},
      {"\"width\":1", "\"width\":-1"},
      {"\"height\":1", "\"height\":1e300"},
      {"\"frames\":1", "\"frames\":1.5"},
      {"[]", "[7]"},
      {"\"notes\"", "\"remarks\""}};
  for (const auto& [from, to] : changes) {
    std::string bad = good;
    bad.replace(bad.find(from), from.size(), to);
    EXPECT_FALSE(optimized_from(bad)) << bad;
  }
  EXPECT_FALSE(error_from(R"({"code":"none","message":"","advice":"","context":[]})"));
  // A worker may send a very long answer.
  Optimized talkative = *optimized_from(good);
  talkative.notes.assign(500, std::string(5000, 'x'));
  const Result<Optimized> cut = optimized_from(to_body(talkative));
  ASSERT_TRUE(cut);
  EXPECT_EQ(cut->notes.size(), 30);
  EXPECT_EQ(cut->notes[0].size(), 1000);
}

}  // namespace
}  // namespace imgmill
