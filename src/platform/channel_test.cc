#include "platform/channel.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

namespace imgmill {
namespace {

TEST(Channel, KeepsTheBordersOfMessagesAndBringsDescriptors) {
  auto ends = Channel::pair();
  ASSERT_TRUE(ends);
  auto& [one, other] = *ends;
  Result<Pipe> pipe = make_pipe();
  ASSERT_TRUE(pipe);
  const std::array<int, 1> sent{pipe->write.get()};
  ASSERT_TRUE(one.send("first", sent));
  ASSERT_TRUE(one.send(std::string(Channel::max_message, 'x')));
  Result<Packet> first = other.receive();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->bytes, "first");
  ASSERT_EQ(first->descriptors.size(), 1);
  ASSERT_EQ(::write(first->descriptors[0].get(), "through", 7), 7);
  std::array<char, 16> read{};
  EXPECT_EQ(::read(pipe->read.get(), read.data(), read.size()), 7);
  const Result<Packet> second = other.receive();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->bytes.size(), Channel::max_message);
}

TEST(Channel, NoBytesMeanThatTheOtherEndIsGone) {
  auto ends = Channel::pair();
  ASSERT_TRUE(ends);
  ASSERT_TRUE(ends->first.send("last words"));
  ends->first = Channel();
  EXPECT_EQ(ends->second.receive()->bytes, "last words");
  const Result<Packet> end = ends->second.receive();
  ASSERT_TRUE(end);
  EXPECT_TRUE(end->bytes.empty());
  EXPECT_FALSE(ends->second.send("nobody hears"));
}

TEST(Channel, RefusesWhatIsTooLong) {
  auto ends = Channel::pair();
  ASSERT_TRUE(ends);
  EXPECT_FALSE(ends->first.send(std::string(Channel::max_message + 1, 'x')));
  const std::array<int, Channel::max_descriptors + 1> many{};
  EXPECT_FALSE(ends->first.send("x", many));
}

}  // namespace
}  // namespace imgmill
