// What this process and its workers say to each other. docs/wire.md describes it,
// and message_test.cc freezes it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imgmill/error.h"

namespace imgmill {

/// Both sides must have the same. Raise it with every change of what follows.
inline constexpr std::uint16_t wire_version = 6;

enum class MessageKind : std::uint16_t {
  // With the fork server.
  configure = 1,  ///< to it, once; body: PoolSettings
  hello,          ///< from it, once; body: version of imgmill
  spawn,          ///< to it; id: of the worker; descriptors: its channel, its standard error
  spawned,        ///< from it; id; value: process id, or minus an errno
  kill,           ///< to it; id
  exited,         ///< from it; id; value: as waitpid() has it
  stopped,        ///< from it; id: somebody has sent it SIGSTOP

  // With a worker.
  ready = 32,  ///< from it, once; value: microseconds it took; body: sandbox report
  work,        ///< to it; id: of the image; value: bytes; body: Order; descriptor: input
  done,        ///< from it; id; value: bytes of the output, 0 when kept; body: Optimized
  room,        ///< to it; id; value: bytes; descriptor: memory for the output
  filled,      ///< from it; id; value: bytes put there
  failed,      ///< from it; id; body: Error
  violation,   ///< from its signal handler; value: the forbidden system call
  signal,      ///< from its signal handler; id: the signal; value: 1 if another process sent it
  compare,     ///< to it; id: of the pair; value: bytes; body: CompareOrder; descriptor: both
  compared,    ///< from it; id; value: bytes of the map, 0: none; body: Comparison
  needs,       ///< from it; id; value: bytes of memory without which it did not begin
};

/// One message: 24 bytes of header in the machine's byte order, then the body.
struct Message {
  MessageKind kind{};
  std::uint64_t id = 0;
  std::int64_t value = 0;
  std::string body;  ///< JSON, or nothing
};

struct MessageHeader {
  static constexpr std::uint32_t right_magic = 0x4C4D4749;  // "IGML"
  std::uint32_t magic = right_magic;
  std::uint16_t version = wire_version;
  std::uint16_t kind = 0;
  std::uint64_t id = 0;
  std::int64_t value = 0;
};
static_assert(sizeof(MessageHeader) == 24);

[[nodiscard]] std::string encode(const Message& message);
/// Errors: bad_input: too short, another version, an unknown kind.
[[nodiscard]] Result<Message> decode(std::string_view bytes);

}  // namespace imgmill
