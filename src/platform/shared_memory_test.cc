#include "platform/shared_memory.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace imgmill {
namespace {

TEST(SharedMemory, WhatOneMappingWritesAnotherReads) {
  Result<SharedMemory> memory = SharedMemory::create(10'000);
  ASSERT_TRUE(memory);
  {
    Result<Buffer> room = memory->map_for_writing();
    ASSERT_TRUE(room);
    ASSERT_EQ(room->size(), 10'000);
    std::ranges::fill(room->writable(), std::byte{42});
  }
  ASSERT_TRUE(memory->freeze());
  const Result<Buffer> bytes = memory->map_for_reading();
  ASSERT_TRUE(bytes);
  EXPECT_EQ(std::ranges::count(bytes->view(), std::byte{42}), 10'000);
}

TEST(SharedMemory, ItsSizeIsFixedFromTheStart) {
  Result<SharedMemory> memory = SharedMemory::create(4096);
  ASSERT_TRUE(memory);
  EXPECT_NE(::ftruncate(memory->get(), 8192), 0);
  EXPECT_NE(::ftruncate(memory->get(), 0), 0);
}

TEST(SharedMemory, CannotBeFrozenWhileSomebodyCanWrite) {
  Result<SharedMemory> memory = SharedMemory::create(100);
  ASSERT_TRUE(memory);
  Result<Buffer> room = memory->map_for_writing();
  ASSERT_TRUE(room);
  EXPECT_FALSE(memory->freeze());
  *room = Buffer();
  EXPECT_TRUE(memory->freeze());
  EXPECT_FALSE(memory->map_for_writing());
  EXPECT_LT(::write(memory->get(), "x", 1), 0);
  EXPECT_EQ(errno, EPERM);
}

TEST(SharedMemory, ForbidsNewWritersAndLeavesTheOldOne) {
  Result<SharedMemory> memory = SharedMemory::create(100);
  ASSERT_TRUE(memory);
  Result<Buffer> room = memory->map_for_writing();
  ASSERT_TRUE(room);
  ASSERT_TRUE(memory->forbid_new_writers());
  EXPECT_FALSE(memory->map_for_writing());
  room->writable()[5] = std::byte{7};
  const Result<Buffer> seen = memory->map_for_reading();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->view()[5], std::byte{7});
}

TEST(SharedMemory, TakesNothingThatMayShrinkOrIsOfAnotherSize) {
  FileDescriptor loose(::memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING));
  ASSERT_EQ(::ftruncate(loose.get(), 100), 0);
  EXPECT_FALSE(SharedMemory::received(std::move(loose), 100));
  const Result<SharedMemory> memory = SharedMemory::create(100);
  ASSERT_TRUE(memory);
  EXPECT_FALSE(SharedMemory::received(FileDescriptor(::dup(memory->get())), 99));
  EXPECT_TRUE(SharedMemory::received(FileDescriptor(::dup(memory->get())), 100));
  EXPECT_FALSE(SharedMemory::received(FileDescriptor(::open("/dev/null", O_RDONLY)), 0));
}

}  // namespace
}  // namespace imgmill
