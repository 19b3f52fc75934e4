// The messages between this process and its workers. docs/wire.md describes them, and
// message_test.cc freezes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "imgmill/error.h"

namespace imgmill {

/// Must be equal on both sides. Increment it with every change to the definitions below.
inline constexpr std::uint16_t wire_version = 7;

enum class MessageKind : std::uint16_t {
  // Fork server.
  configure = 1,  ///< to it, once; body: PoolSettings
  hello,          ///< from it, once; body: version of imgmill
  spawn,          ///< to it; id: of the worker; descriptors: its channel, its standard error
  spawned,        ///< from it; id; value: process id or negative errno
  kill,           ///< to it; id
  exited,         ///< from it; id; value: as returned by waitpid()
  stopped,        ///< from it; id: of a worker that was sent SIGSTOP

  // Worker.
  ready = 32,  ///< from it, once; value: startup time in microseconds; body: sandbox report
  work,        ///< to it; id: of the image; value: size in bytes; body: Order; descriptor: input
  done,        ///< from it; id; value: size of the output in bytes, 0 if kept; body: Optimized
  room,        ///< to it; id; value: size in bytes; descriptor: memory for the output
  filled,      ///< from it; id; value: bytes written there
  failed,      ///< from it; id; body: Error
  violation,   ///< from its signal handler; value: the forbidden system call
  signal,      ///< from its signal handler; id: the signal; value: 1 if another process sent it
  compare,     ///< to it; id: of the pair; value: size in bytes; body: CompareOrder; descriptor:
               ///< both images
  compared,    ///< from it; id; value: size of the map in bytes, 0: none; body: Comparison
  needs,       ///< from it; id; value: bytes of memory required; processing has not started
  sketch,      ///< to it; id: of the image; value: size in bytes; body: SketchOrder; descriptor:
               ///< the image
  sketched,    ///< from it; id; body: Placeholder
};

/// One message: a 24-byte header in native byte order, followed by the body.
struct Message {
  MessageKind kind{};
  std::uint64_t id = 0;
  std::int64_t value = 0;
  std::string body;  ///< JSON or empty
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
